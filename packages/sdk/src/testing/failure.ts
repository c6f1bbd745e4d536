import { inspect } from "node:util";
import { expect } from "vitest";
import { LatchkeyError } from "../errors.ts";

/** The error that `work` ends in, which must be one of this package. */
export async function failureOf(work: Promise<unknown> | (() => unknown)): Promise<LatchkeyError> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    if (LatchkeyError.is(error)) return error;
    throw error;
  }
  return expect.fail("It succeeded.");
}

/** Everything that printing or storing a value could show. */
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
