import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectFromChildren, takeFromChildren } from "../../tools/test/responses/child-process.ts";
import { startChecking } from "../../tools/test/responses/start-checking.ts";

// This module is loaded once in each process that runs test files, and a setup file once for each test file.
const violations: string[] = [];
const { settled } = startChecking((violation) => violations.push(violation));
collectFromChildren(join(tmpdir(), `latchkey-violations-${process.pid}-${Date.now()}`));

/** Returns the violations since the last call, those of child processes included. */
export async function takeViolations(): Promise<string[]> {
  await settled();
  return [...new Set([...violations.splice(0), ...takeFromChildren()])];
}
