import type { WebhooksTable, Write } from "../../../infrastructure/database/index.ts";
import { parseGrant } from "../../instances/index.ts";
import type { RecipientInstance } from "./instance-sequences.queries.ts";

/** A webhook that an event goes to. */
export type SubscribedWebhook = Pick<WebhooksTable, "webhook_id" | "app_id" | "paused_at">;

/** Instances that receive an event, with the webhooks of their app. */
export type Subscribers = ReadonlyMap<RecipientInstance, readonly SubscribedWebhook[]>;

/** Reads subscribers as they are in this transaction. */
export interface SubscriberReader {
  /** The instances whose app subscribes to the event type and whose grant includes the permission it requires. */
  read(eventType: string, instances: readonly RecipientInstance[]): Promise<Subscribers>;
}

/** Webhooks and scopes are read once: many events of a transaction have the same type and go to the same apps. */
export function createSubscriberReader(trx: Write): SubscriberReader {
  const scopes = new Map<string, ReadonlySet<string> | "any">();
  const byType = new Map<string, Map<string, readonly SubscribedWebhook[]>>();

  const scopesFor = async (eventType: string): Promise<ReadonlySet<string> | "any"> => {
    const known = scopes.get(eventType) ?? (await readScopesFor(trx, eventType));
    scopes.set(eventType, known);
    return known;
  };
  const webhooksByApp = async (eventType: string, appIds: readonly string[]) => {
    const byApp = byType.get(eventType) ?? new Map<string, readonly SubscribedWebhook[]>();
    byType.set(eventType, byApp);
    const unknown = appIds.filter((appId) => !byApp.has(appId));
    if (unknown.length > 0) {
      const rows = await readWebhooks(trx, eventType, unknown);
      for (const appId of unknown) byApp.set(appId, rows.get(appId) ?? []);
    }
    return byApp;
  };

  return {
    async read(eventType, instances) {
      const byApp = await webhooksByApp(eventType, [...new Set(instances.map((one) => one.app_id))]);
      const subscribed = instances.filter((one) => (byApp.get(one.app_id) ?? []).length > 0);
      if (subscribed.length === 0) return new Map();
      const permitted = await withScope(trx, subscribed, await scopesFor(eventType));
      return new Map(permitted.map((one) => [one, byApp.get(one.app_id) ?? []]));
    },
  };
}

async function readWebhooks(
  trx: Write,
  eventType: string,
  appIds: readonly string[],
): Promise<Map<string, SubscribedWebhook[]>> {
  const rows = await trx
    .selectFrom("webhooks")
    .select(["webhook_id", "app_id", "paused_at"])
    .where("event_type", "=", eventType)
    .where("app_id", "in", appIds)
    .where("deleted_at", "is", null)
    .orderBy("webhook_id")
    .execute();
  return Map.groupBy(rows, (row) => row.app_id);
}

/** The scopes that include the required permission; no scopes for an event type that is not registered. */
async function readScopesFor(trx: Write, eventType: string): Promise<ReadonlySet<string> | "any"> {
  const type = await trx
    .selectFrom("event_types")
    .select("permission_id")
    .where("event_type", "=", eventType)
    .executeTakeFirst();
  if (type?.permission_id === null) return "any";
  const rows = await trx
    .selectFrom("scope_permissions")
    .select("scope_id")
    .where("permission_id", "=", type?.permission_id ?? "")
    .execute();
  return new Set(rows.map((row) => row.scope_id));
}

/** The instances whose grant has one of the scopes. */
async function withScope(
  trx: Write,
  instances: readonly RecipientInstance[],
  scopes: ReadonlySet<string> | "any",
): Promise<readonly RecipientInstance[]> {
  if (scopes === "any") return instances;
  const ids = instances.map((one) => one.instance_id);
  const rows = await trx
    .selectFrom("instances")
    .select(["instance_id", "granted_scopes"])
    .where("instance_id", "in", ids)
    .execute();
  const permitted = new Set(
    rows
      .filter((row) => parseGrant(row.granted_scopes).some((scope) => scopes.has(scope)))
      .map((row) => row.instance_id),
  );
  return instances.filter((one) => permitted.has(one.instance_id));
}
