import { z } from "zod";
import { hours } from "../clock/index.ts";
import type { Vault } from "../crypto/index.ts";
import type { Queries, Write } from "../database/index.ts";
import { ApiError, invalidField } from "../errors/index.ts";
import { deleteResponses, findResponse, reserveKey, storeResponse } from "./idempotency.queries.ts";

/** A request with an `Idempotency-Key`. */
export interface IdempotentRequest {
  /** Who sent the key. Different principals may use the same key. */
  readonly principal: string;
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

export interface IdempotentResponse {
  readonly body: unknown;
  /** Whether the body is the stored response to an earlier request. */
  readonly replayed: boolean;
}

const responseRetention = hours(24);

/** The header in the reference. */
export const idempotencyHeader: z.ZodObject = z.object({
  "Idempotency-Key": z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({ description: "A repeated request with the same key gets the first response, for 24 hours" }),
});

/** Reads `Idempotency-Key`. Throws a violation unless it has 1 to 255 visible ASCII characters. */
export function readIdempotencyKey(headers: Headers): string | undefined {
  const key = headers.get("idempotency-key");
  if (key === null || /^[\x21-\x7e]{1,255}$/.test(key)) return key ?? undefined;
  throw invalidField("Idempotency-Key", "must have 1 to 255 visible ASCII characters", "FORMAT");
}

/** Returns the stored response to a request. Throws `IDEMPOTENCY_KEY_REUSED` if the key was used for a different request. */
export async function findFirstResponse(
  db: Queries,
  vault: Vault,
  request: IdempotentRequest,
): Promise<IdempotentResponse | undefined> {
  const first = await findResponse(db, request);
  if (first === undefined) return undefined;
  if (!vault.digests(textOf(request)).includes(first.request_digest))
    throw new ApiError("IDEMPOTENCY_KEY_REUSED");
  return { body: JSON.parse(vault.unseal(first.sealed_body, sealContext(request))), replayed: true };
}

/**
 * Runs `work` once for each key and stores its response in the same transaction. A repeated request waits for the first
 * one to end: on the row in PostgreSQL, on the writer in SQLite. Throws `IDEMPOTENCY_KEY_REUSED` if the key was used
 * for a different request.
 */
export async function runOnce(
  trx: Write,
  request: IdempotentRequest & { vault: Vault; now: number },
  work: () => Promise<unknown>,
): Promise<IdempotentResponse> {
  const { vault } = request;
  const reserved = await reserveKey(trx, { ...request, requestDigest: vault.digest(textOf(request)) });
  const first = reserved ? undefined : await findFirstResponse(trx, vault, request);
  if (first) return first;
  const body = await work();
  // Sealed, because the response may contain a secret that is shown once.
  const sealedBody = vault.seal(JSON.stringify(body), sealContext(request));
  await storeResponse(trx, { ...request, sealedBody });
  return { body, replayed: false };
}

/** Deletes stored responses older than 24 hours: one step of pruning. */
export async function pruneIdempotencyKeys(
  trx: Write,
  { limit, now }: { limit: number; now: number },
): Promise<string | undefined> {
  const deleted = await deleteResponses(trx, { before: now - responseRetention, limit });
  return deleted < limit ? undefined : "";
}

/** What identifies a request. Its digest is an HMAC, because the body may contain a password. */
function textOf({ method, path, body }: IdempotentRequest): string {
  return JSON.stringify(["request", method, path, body]);
}

function sealContext({ key, principal }: IdempotentRequest): string {
  return `idempotency ${principal} ${key}`;
}
