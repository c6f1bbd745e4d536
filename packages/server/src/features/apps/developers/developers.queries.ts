import type { Queries, Write } from "../../../infrastructure/database/index.ts";
import { type Page, pageAfter } from "../../../infrastructure/management/index.ts";

/** An account that develops an app. */
export interface Developer {
  readonly accountId: string;
  readonly name: string;
  readonly email: string | null;
}

/** Adds a developer to an app; does nothing for one that it has. */
export async function addDeveloper(
  trx: Write,
  { accountId, appId, now }: { appId: string; accountId: string; now: number },
): Promise<void> {
  await trx
    .insertInto("app_developers")
    .values({ app_id: appId, account_id: accountId, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Returns whether the app had the developer. */
export async function removeDeveloper(
  trx: Write,
  { accountId, appId }: { appId: string; accountId: string },
): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom("app_developers")
    .where("app_id", "=", appId)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function listDevelopers(db: Queries, query: Page & { appId: string }): Promise<Developer[]> {
  const developers = db
    .selectFrom("app_developers as d")
    .innerJoin("accounts as a", "a.account_id", "d.account_id")
    .select(["d.account_id as accountId", "a.name", "a.email"])
    .where("d.app_id", "=", query.appId);
  return await pageAfter(developers, "d.account_id", query).execute();
}
