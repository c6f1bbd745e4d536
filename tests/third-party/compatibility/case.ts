import assert from "node:assert/strict";
import type { Fixture } from "./fixture.ts";

/** A test case of the third-party client. `run` throws when the result is not as documented. */
export interface Case {
  /** The section of the document. */
  readonly part: Part;
  /** The name of the tested method, with the variant. */
  readonly tried: string;
  /** The documented result. */
  readonly comesOut: string;
  run(fixture: Fixture): Promise<void>;
}

/** The sections of the document, in order. */
export const parts = [
  "products",
  "collections",
  "appInstances",
  "operators",
  "paging",
  "errors",
  "tokens",
  "legacy",
] as const;

export type Part = (typeof parts)[number];

/** The result of a case. */
export interface Outcome extends Omit<Case, "run"> {
  /** The reason of a failure. */
  readonly failure?: string;
}

/** The function names of the third-party modules, their query builder and their strategy. */
export interface Surface {
  /** By module. */
  readonly methods: Readonly<Record<string, readonly string[]>>;
  /** Functions that register event handlers. */
  readonly handlers: Readonly<Record<string, readonly string[]>>;
  readonly builder: readonly string[];
  readonly strategy: readonly string[];
}

/** The output of the process with the third-party client. */
export interface Report {
  readonly surface: Surface;
  readonly outcomes: readonly Outcome[];
}

/** An error of the third-party client for an error response. */
export interface ThirdPartyError {
  readonly message: string;
  readonly status?: number;
  readonly requestId?: string;
  readonly code?: string;
  readonly details?: {
    readonly applicationError?: { readonly code: string | number; readonly description: string };
    readonly validationError?: {
      readonly fieldViolations: readonly { field: string; violatedRule: string }[];
    };
  };
}

/** Returns the error that `work` throws. */
export async function refusalOf(work: Promise<unknown>): Promise<ThirdPartyError> {
  try {
    await work;
  } catch (error) {
    return error as ThirdPartyError;
  }
  return assert.fail("There was no error.");
}

/** Returns an error with a status, a code and a request ID. */
export async function assertRefused(work: Promise<unknown>, status: number, code: string): Promise<void> {
  const { details, requestId, status: found } = await refusalOf(work);
  assert.deepEqual({ status: found, code: details?.applicationError?.code }, { status, code });
  assert.match(requestId ?? "", /^[0-9a-f-]{36}$/);
}
