import type { Queries, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { type Page, pageAfter } from "../../infrastructure/management/index.ts";

/** An external resource: an API that the platform owner runs elsewhere. */
export interface Resource {
  /** `resource` of a token request (RFC 8707), and `aud` of the token. */
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

export async function listResources(db: Queries, page: Page): Promise<Resource[]> {
  const resources = db.selectFrom("resources").select(["identifier", "name"]);
  return await pageAfter(resources, "identifier", page).execute();
}
