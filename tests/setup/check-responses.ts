import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach } from "vitest";
import { collectFromChildren, takeFromChildren } from "../../tools/test/responses/child-process.ts";
import { startChecking } from "../../tools/test/responses/start-checking.ts";

// Every response that a test receives from Latchkey is one that its route declares.
const violations: string[] = [];
const { settled } = startChecking((violation) => violations.push(violation));
collectFromChildren(join(tmpdir(), `latchkey-violations-${process.pid}-${Date.now()}`));

afterEach(throwViolations);
afterAll(throwViolations);

async function throwViolations(): Promise<void> {
  await settled();
  const found = [...new Set([...violations.splice(0), ...takeFromChildren()])];
  if (found.length > 0) throw new Error(`Responses that their routes do not declare:\n${found.join("\n")}`);
}
