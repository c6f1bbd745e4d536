import type { Queries, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import type { Page } from "../../infrastructure/management/index.ts";

/** An API of the platform's owner that access tokens are asked for. */
export interface Resource {
  /** The `resource` of a token request (RFC 8707), and the `aud` of the token it brings. */
  readonly identifier: string;
  readonly name: string;
}

/** Throws `RESOURCE_EXISTS`. */
export async function createResource(trx: Write, resource: Resource, now: number): Promise<void> {
  const result = await trx
    .insertInto("resources")
    .values({ ...resource, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (result.numInsertedOrUpdatedRows === 0n) throw new ApiError("RESOURCE_EXISTS");
}

/** Resources by identifier, from behind `after`. */
export async function listResources(db: Queries, page: Page): Promise<Resource[]> {
  return await db
    .selectFrom("resources")
    .select(["identifier", "name"])
    .where("identifier", ">", page.after)
    .orderBy("identifier")
    .limit(page.limit)
    .execute();
}
