import assert from "node:assert/strict";
import type { World } from "./world.ts";

/** Something that the third-party client is made to do; `run` throws when it does not come out as documented. */
export interface Case {
  /** The part of the document where it is told. */
  readonly part: Part;
  /** What is tried: for a method its name, with what differs behind it. */
  readonly tried: string;
  /** What comes out. */
  readonly comesOut: string;
  run(world: World): Promise<void>;
}

/** The parts of the document, in their order. */
export const parts = [
  "products",
  "collections",
  "appInstances",
  "operators",
  "paging",
  "errors",
  "tokens",
] as const;

export type Part = (typeof parts)[number];

/** What became of a case. */
export interface Outcome extends Omit<Case, "run"> {
  /** Why it did not come out as documented. */
  readonly failure?: string;
}

/** The names that the third-party modules, their builder and their strategy have for their functions. */
export interface Surface {
  /** By module. */
  readonly methods: Readonly<Record<string, readonly string[]>>;
  /** Functions that register handlers of events. */
  readonly handlers: Readonly<Record<string, readonly string[]>>;
  readonly builder: readonly string[];
  readonly strategy: readonly string[];
}

/** What the process with the third-party client tells. */
export interface Report {
  readonly surface: Surface;
  readonly outcomes: readonly Outcome[];
}

/** What the third-party client throws at a refusal. */
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

/** The error that `work` ends in. */
export async function refusalOf(work: Promise<unknown>): Promise<ThirdPartyError> {
  try {
    await work;
  } catch (error) {
    return error as ThirdPartyError;
  }
  return assert.fail("It was not refused.");
}

/** A refusal with a status and a code, and with the id of its request. */
export async function assertRefused(work: Promise<unknown>, status: number, code: string): Promise<void> {
  const { details, requestId, status: found } = await refusalOf(work);
  assert.deepEqual({ status: found, code: details?.applicationError?.code }, { status, code });
  assert.match(requestId ?? "", /^[0-9a-f-]{36}$/);
}
