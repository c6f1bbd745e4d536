import type { Queries, Write } from "../database/index.ts";

/** Identifies a stored response. Two principals can use the same key independently. */
interface IdempotencyKey {
  readonly principal: string;
  readonly key: string;
}

interface StoredResponse {
  readonly request_digest: string;
  readonly sealed_body: string;
}

/** Returns the response stored under a key. */
export async function findResponse(
  db: Queries,
  { key, principal }: IdempotencyKey,
): Promise<StoredResponse | undefined> {
  return await db
    .selectFrom("idempotency_keys")
    .select(["request_digest", "sealed_body"])
    .where("principal", "=", principal)
    .where("idempotency_key", "=", key)
    .executeTakeFirst();
}

/** Reserves a key for a request. Returns false when the key is in use. */
export async function reserveKey(
  trx: Write,
  { key, principal, requestDigest, now }: IdempotencyKey & { requestDigest: string; now: number },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto("idempotency_keys")
    .values({
      principal,
      idempotency_key: key,
      request_digest: requestDigest,
      status: 200,
      sealed_body: "",
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows !== 0n;
}

/** Stores the response to the request that reserved a key. */
export async function storeResponse(
  trx: Write,
  { key, principal, sealedBody }: IdempotencyKey & { sealedBody: string },
): Promise<void> {
  await trx
    .updateTable("idempotency_keys")
    .set({ sealed_body: sealedBody })
    .where("principal", "=", principal)
    .where("idempotency_key", "=", key)
    .execute();
}

/** Deletes up to `limit` responses stored at `before` (epoch milliseconds) or earlier. */
export async function deleteResponses(
  trx: Write,
  { before, limit }: { before: number; limit: number },
): Promise<number> {
  const old = await trx
    .selectFrom("idempotency_keys")
    .select(["principal", "idempotency_key"])
    .where("created_at", "<=", before)
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
  return old.length;
}
