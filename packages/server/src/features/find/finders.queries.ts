import type { Queries, TokenLogTable } from "../../infrastructure/database/index.ts";
import type { Principal } from "../../infrastructure/management/index.ts";
import { secretPrefixLength } from "../apps/index.ts";

/** What a person searches for. */
export interface Search {
  /** A GUID in lower case, or the text. */
  readonly id: string;
  readonly text: string;
  /** Digests of the text, for a whole secret: one for each master key. */
  readonly digests: readonly string[];
  readonly principal: Principal;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** An object that was found. */
export interface FoundRow {
  readonly id: string;
  readonly name?: string | null;
  readonly state?: string;
  readonly appId?: string | null;
  readonly siteId?: string | null;
  readonly instanceId?: string | null;
  readonly refused?: TokenLogTable;
}

/** Rows that are read of a kind of object of which several can match. */
const maxRows = 100;

export async function findApp(db: Queries, { id }: Search): Promise<FoundRow[]> {
  const rows = await db
    .selectFrom("apps")
    .select(["app_id as id", "app_id as appId", "name", "enabled"])
    .where("app_id", "=", id)
    .where("deleted_at", "is", null)
    .execute();
  return rows.map(({ enabled, ...row }) => ({ ...row, state: enabled === 1 ? "enabled" : "disabled" }));
}

/** Finds a site by its id, or by the platform owner's own id. */
export async function findSites(db: Queries, { id, text }: Search): Promise<FoundRow[]> {
  const sites = db
    .selectFrom("sites")
    .select(["site_id as id", "site_id as siteId", "name"])
    .where("deleted_at", "is", null);
  return [
    ...(await sites.where("site_id", "=", id).execute()),
    ...(await sites.where("external_id", "=", text).execute()),
  ];
}

/** Without the name of the site, which developers of the app do not learn. */
export async function findInstance(db: Queries, { id }: Search): Promise<FoundRow[]> {
  return await db
    .selectFrom("instances as i")
    .innerJoin("apps as a", "a.app_id", "i.app_id")
    .select([
      "i.instance_id as id",
      "i.instance_id as instanceId",
      "i.app_id as appId",
      "i.site_id as siteId",
    ])
    .select(["a.name", "i.state"])
    .where("i.instance_id", "=", id)
    .execute();
}

export async function findEvent(db: Queries, { id }: Search): Promise<FoundRow[]> {
  return await db
    .selectFrom("events")
    .select(["event_id as id", "event_type as name", "site_id as siteId", "instance_id as instanceId"])
    .where("event_id", "=", id)
    .execute();
}

/** Finds the apps of the principal that have deliveries of an event. */
export async function findDeliveredEvent(db: Queries, { id, principal }: Search): Promise<FoundRow[]> {
  const { account, appId } = principal;
  let rows = db
    .selectFrom("deliveries as d")
    .select(["d.event_id as id", "d.event_type as name", "d.app_id as appId"])
    .where("d.event_id", "=", id)
    .limit(maxRows);
  if (account !== undefined) {
    // A scalar subquery: for a join, PostgreSQL may read all deliveries of the apps.
    rows = rows.where(
      (query) =>
        query
          .selectFrom("app_developers as m")
          .select("m.app_id")
          .whereRef("m.app_id", "=", "d.app_id")
          .where("m.account_id", "=", account.accountId),
      "is not",
      null,
    );
  }
  const found = await rows.execute();
  return found.filter((row) => appId === undefined || row.appId === appId);
}

export async function findDelivery(db: Queries, { id }: Search): Promise<FoundRow[]> {
  return await db
    .selectFrom("deliveries")
    .select(["delivery_id as id", "event_type as name", "status as state", "app_id as appId"])
    .select("instance_id as instanceId")
    .where("delivery_id", "=", id)
    .execute();
}

export async function findWebhook(db: Queries, { id }: Search): Promise<FoundRow[]> {
  return await db
    .selectFrom("webhooks as w")
    .innerJoin("apps as a", "a.app_id", "w.app_id")
    .select(["w.webhook_id as id", "w.event_type as name", "w.app_id as appId"])
    .where("w.webhook_id", "=", id)
    .where("w.deleted_at", "is", null)
    .where("a.deleted_at", "is", null)
    .execute();
}

export async function findExtension(db: Queries, { id }: Search): Promise<FoundRow[]> {
  return await db
    .selectFrom("extensions as e")
    .innerJoin("apps as a", "a.app_id", "e.app_id")
    .select(["e.extension_id as id", "e.kind as name", "e.app_id as appId"])
    .where("e.extension_id", "=", id)
    .where("a.deleted_at", "is", null)
    .execute();
}

export async function findAccount(db: Queries, { id, text }: Search): Promise<FoundRow[]> {
  const accounts = db.selectFrom("accounts").select(["account_id as id", "name", "disabled_at"]);
  const rows = [
    ...(await accounts.where("account_id", "=", id).execute()),
    ...(await accounts.where("email", "=", text.toLowerCase()).execute()),
  ];
  return rows.map(({ disabled_at, ...row }) => ({
    ...row,
    state: disabled_at === null ? "enabled" : "disabled",
  }));
}

export async function findInstallRequest(db: Queries, { id }: Search): Promise<FoundRow[]> {
  return await db
    .selectFrom("install_requests")
    .select(["request_id as id", "state", "app_id as appId", "site_id as siteId"])
    .where("request_id", "=", id)
    .execute();
}

export async function findSigningKey(db: Queries, { text }: Search): Promise<FoundRow[]> {
  return await db.selectFrom("signing_keys").select("kid as id").where("kid", "=", text).execute();
}

/** Finds requests by their x-request-id whose credentials were refused. */
export async function findRefusedRequest(db: Queries, { id }: Search): Promise<FoundRow[]> {
  const entries = db.selectFrom("token_log").selectAll().limit(maxRows);
  const rows = [
    ...(await entries.where("first_request_id", "=", id).execute()),
    ...(await entries.where("last_request_id", "=", id).execute()),
  ];
  return rows.map((refused) => ({
    id,
    appId: refused.app_id,
    instanceId: refused.instance_id === "" ? null : refused.instance_id,
    refused,
  }));
}

export async function findChange(db: Queries, { id }: Search): Promise<FoundRow[]> {
  return await db
    .selectFrom("audit")
    .select(["request_id as id", "action as name", "app_id as appId", "site_id as siteId"])
    .select("instance_id as instanceId")
    .where("request_id", "=", id)
    .orderBy("entry_id", "desc")
    .limit(maxRows)
    .execute();
}

export async function findPluginCall(db: Queries, { id }: Search): Promise<FoundRow[]> {
  return await db
    .selectFrom("service_plugin_calls")
    .select(["request_id as id", "component_type as name", "outcome as state", "app_id as appId"])
    .select(["instance_id as instanceId", "site_id as siteId"])
    .where("request_id", "=", id)
    .orderBy("call_id", "desc")
    .limit(maxRows)
    .execute();
}

/** A key that is bound to an app finds only jobs of this app. */
export async function findJob(db: Queries, { id, principal }: Search): Promise<FoundRow[]> {
  let jobs = db
    .selectFrom("jobs")
    .select(["job_id as id", "action as name", "state", "app_id as appId", "site_id as siteId"])
    .where("job_id", "=", id);
  if (principal.appId !== undefined) jobs = jobs.where("app_id", "=", principal.appId);
  return await jobs.execute();
}

export async function findRevokedToken(db: Queries, { id }: Search): Promise<FoundRow[]> {
  return await db.selectFrom("revoked_tokens").select("jti as id").where("jti", "=", id).execute();
}

type Secret = { expires_at: number | null; deleted_at: number | null; compromised_at?: number | null };

function stateOf({ compromised_at = null, deleted_at, expires_at }: Secret, now: number): string {
  if (compromised_at !== null) return "compromised";
  if (deleted_at !== null) return "deleted";
  return expires_at !== null && expires_at <= now ? "expired" : "valid";
}

/** Finds an App secret by its id, by its first characters, or by all of them. */
export async function findSecret(db: Queries, { digests, id, now, text }: Search): Promise<FoundRow[]> {
  const secrets = db
    .selectFrom("app_secrets as s")
    .innerJoin("apps as a", "a.app_id", "s.app_id")
    .select(["s.secret_id as id", "s.name", "s.app_id as appId"])
    .select(["s.digest", "s.expires_at", "s.deleted_at", "s.compromised_at"])
    .where("a.deleted_at", "is", null)
    .limit(maxRows);
  const rows = [
    ...(await secrets.where("s.secret_id", "=", id).execute()),
    ...(await secrets.where("s.prefix", "=", text.slice(0, secretPrefixLength)).execute()),
  ];
  return rows
    .filter(({ digest }) => digests.length === 0 || digests.includes(digest))
    .map(({ appId, id, name, ...secret }) => ({ appId, id, name, state: stateOf(secret, now) }));
}

/** Finds a key of the management API by its id, or by its value. */
export async function findApiKey(db: Queries, { digests, id, now }: Search): Promise<FoundRow[]> {
  const keys = db.selectFrom("api_keys").select(["key_id as id", "name", "expires_at", "deleted_at"]);
  const rows = [
    ...(await keys.where("key_id", "=", id).execute()),
    ...(await keys.where("digest", "in", ["", ...digests]).execute()),
  ];
  return rows.map(({ id, name, ...key }) => ({ id, name, state: stateOf(key, now) }));
}
