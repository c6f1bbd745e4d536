// A thread that compiles JSON Schemas and checks values against them (see schema-checker.ts).
import { constants, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import type { FieldViolation } from "@latchkey/protocol";
import { createCache } from "../../../infrastructure/cache/index.ts";
import { compileSchema, type SchemaCheck } from "./json-schema.ts";

/** Message to the thread: JSON texts. Without a value, the schema is only compiled. */
export interface SchemaRequest {
  readonly schema: string;
  readonly value: string | undefined;
}

/** Message from the thread. */
export type SchemaResult =
  | { readonly violations: readonly FieldViolation[] }
  /** Why the schema is not valid. */
  | { readonly problem: string };

const checks = createCache<string, SchemaCheck>({
  maxEntries: 200,
  bytes: { max: 4_194_304, sizeOf: (_, schema) => schema.length },
});

// On Linux this sets the priority of this thread only. Requests for tokens come first.
if (process.platform === "linux") setPriority(constants.priority.PRIORITY_LOW);
parentPort?.on("message", (request: SchemaRequest) => parentPort?.postMessage(resultOf(request)));
// The first schema takes longest, because the schema of schemas is compiled with it.
compileSchema({});
parentPort?.postMessage("ready");

function resultOf({ schema, value }: SchemaRequest): SchemaResult {
  let check: SchemaCheck;
  try {
    check = checks.getOrCreate(schema, () => compileSchema(JSON.parse(schema)));
  } catch (error) {
    return { problem: (error as Error).message.slice(0, 200) };
  }
  return { violations: value === undefined ? [] : check(JSON.parse(value)) };
}
