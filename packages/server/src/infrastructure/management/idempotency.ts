import { createHash } from "node:crypto";
import { z } from "zod";
import { hours } from "../clock/index.ts";
import type { Vault } from "../crypto/index.ts";
import type { Queries, Write } from "../database/index.ts";
import { ApiError, ValidationError } from "../errors/index.ts";

/** A request that may be sent again and is to be done once. */
export interface RepeatableRequest {
  /** Whose key it is; two callers may use the same one. */
  readonly principal: string;
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** The response to a repeatable request, and whether it is that of an earlier try. */
export interface RepeatableAnswer {
  readonly body: unknown;
  readonly replayed: boolean;
}

/** How long a response is kept for a repeated request, in milliseconds. */
const idempotencyRetention = hours(24);

const headerName = "idempotency-key";

/** The header as the reference shows it. */
export const idempotencyHeader: z.ZodObject = z.object({
  "Idempotency-Key": z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({ description: "A repeated request with the same key gets the first response, for 24 hours" }),
});

/** Reads `Idempotency-Key`. Throws a violation when it is not 1 to 255 visible ASCII characters. */
export function readIdempotencyKey(headers: Headers): string | undefined {
  const key = headers.get(headerName);
  if (key === null) return undefined;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new ValidationError([
      {
        field: "Idempotency-Key",
        description: "must have 1 to 255 visible ASCII characters",
        violatedRule: "FORMAT",
      },
    ]);
  }
  return key;
}

/** The response this request got before, if any. Throws `IDEMPOTENCY_KEY_REUSED` when its key came with another one. */
export async function findFirstAnswer(
  db: Queries,
  vault: Vault,
  request: RepeatableRequest,
): Promise<RepeatableAnswer | undefined> {
  const first = await db
    .selectFrom("idempotency_keys")
    .select(["request_digest", "sealed_body"])
    .where("principal", "=", request.principal)
    .where("idempotency_key", "=", request.key)
    .executeTakeFirst();
  if (first === undefined) return undefined;
  if (first.request_digest !== digestOf(request)) throw new ApiError("IDEMPOTENCY_KEY_REUSED");
  return { body: JSON.parse(vault.unseal(first.sealed_body, sealContext(request))), replayed: true };
}

/**
 * Does `work` unless this request was done before; its response is stored with its change, in one transaction. A
 * request that arrives while the first is running waits for it: on the row on PostgreSQL, on the writer on SQLite.
 *
 * Throws `IDEMPOTENCY_KEY_REUSED` when the key came with another request before.
 */
export async function doOnce(
  trx: Write,
  request: RepeatableRequest & { vault: Vault; now: number },
  work: () => Promise<unknown>,
): Promise<RepeatableAnswer> {
  const { vault } = request;
  const row = { principal: request.principal, idempotency_key: request.key };
  const inserted = await trx
    .insertInto("idempotency_keys")
    .values({
      ...row,
      request_digest: digestOf(request),
      status: 200,
      sealed_body: "",
      created_at: request.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  const first = inserted.numInsertedOrUpdatedRows === 0n && (await findFirstAnswer(trx, vault, request));
  if (first) return first;
  const body = await work();
  await trx
    .updateTable("idempotency_keys")
    // The response may hold a secret that is shown once.
    .set({ sealed_body: vault.seal(JSON.stringify(body), sealContext(request)) })
    .where("principal", "=", row.principal)
    .where("idempotency_key", "=", row.idempotency_key)
    .execute();
  return { body, replayed: false };
}

/** Deletes answers that are older than {@link idempotencyRetention}, `limit` of them. */
export async function pruneIdempotencyKeys(
  trx: Write,
  { limit, now }: { limit: number; now: number },
): Promise<string | undefined> {
  const old = await trx
    .selectFrom("idempotency_keys")
    .select(["principal", "idempotency_key"])
    .where("created_at", "<=", now - idempotencyRetention)
    .orderBy("created_at")
    .limit(limit)
    .execute();
  for (const [principal, rows] of Map.groupBy(old, (row) => row.principal)) {
    const keys = rows.map((row) => row.idempotency_key);
    await trx
      .deleteFrom("idempotency_keys")
      .where("principal", "=", principal)
      .where("idempotency_key", "in", keys)
      .execute();
  }
  return old.length < limit ? undefined : "";
}

function digestOf({ method, path, body }: RepeatableRequest): string {
  return createHash("sha256")
    .update(JSON.stringify([method, path, body]))
    .digest("hex");
}

function sealContext({ key, principal }: RepeatableRequest): string {
  return `idempotency ${principal} ${key}`;
}
