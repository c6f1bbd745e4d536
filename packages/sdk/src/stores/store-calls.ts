import type { ApiCaller, CallOptions } from "../api-call.ts";
import { fromWireNames, toWireNames } from "../field-names.ts";

/** The base paths for reading and writing (wire §8.1). */
export const readPath = "/stores-reader/v1";
export const writePath = "/stores/v1";

/** Builds a path. Segments are encoded, so they cannot change the path. */
export function path(base: string, ...segments: readonly string[]): string {
  return [base, ...segments.map(encodeSegment)].join("/");
}

/** Reads with GET. The call is idempotent, so it is retried. */
export async function get(
  caller: ApiCaller,
  at: string,
  options: CallOptions & { query?: string },
): Promise<unknown> {
  const { query, signal } = options;
  const asked = query === undefined ? {} : { query };
  return fromWireNames(await caller.call({ method: "GET", path: at, ...asked, idempotent: true, signal }));
}

/** Reads with POST. The call is idempotent, so it is retried. */
export async function ask<Result>(caller: ApiCaller, at: string, body: object): Promise<Result> {
  return fromWireNames(await caller.call({ method: "POST", path: at, body, idempotent: true })) as Result;
}

/** Writes. The call is not retried when its outcome is unknown. */
export async function write<Result>(
  caller: ApiCaller,
  [method, at]: readonly ["POST" | "PATCH" | "DELETE", string],
  body?: object,
): Promise<Result> {
  const sent = body === undefined ? {} : { body: toWireNames(body) };
  return fromWireNames(await caller.call({ method, path: at, ...sent, idempotent: false })) as Result;
}

function encodeSegment(segment: string): string {
  // Dot segments would change the path, even when they are encoded.
  if (typeof segment === "string" && !/^\.{0,2}$/.test(segment)) return encodeURIComponent(segment);
  throw new TypeError(
    "The ID or slug is not valid. Pass a text other than an empty one, one dot or two dots.",
  );
}
