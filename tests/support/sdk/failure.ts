import { inspect } from "node:util";
import { LatchkeyError } from "@latchkey/sdk";
import { expect } from "vitest";

/** Returns the `LatchkeyError` that `work` throws. */
export async function failureOf(work: Promise<unknown> | (() => unknown)): Promise<LatchkeyError> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    if (LatchkeyError.is(error)) return error;
    throw error;
  }
  return expect.fail("It succeeded.");
}

/** Returns every text form in which a value can be printed or stored. */
export function printedForms(value: unknown): string {
  const { message = "", stack = "" } = (value ?? {}) as { message?: string; stack?: string };
  const depth = Number.POSITIVE_INFINITY;
  return [
    message,
    stack,
    String(value),
    inspect(value, { depth, showHidden: true, getters: true }),
    inspect(value, { depth, showHidden: true, getters: true, customInspect: false }),
    JSON.stringify(value),
    JSON.stringify(Object.getOwnPropertyDescriptors(value ?? {})),
  ].join("\n");
}
