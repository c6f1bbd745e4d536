import type { WebhooksTable, Write } from "../../../infrastructure/database/index.ts";
import type { RecipientInstance } from "./instance-sequences.queries.ts";

/** A subscription that an event goes to. */
export type Subscriber = Pick<WebhooksTable, "webhook_id" | "app_id" | "paused_at">;

/** Finds who is to hear of what, as it stands in this transaction. */
export interface Subscribers {
  /** The subscriptions to an event type of each app among `instances`, of those whose grant lets them know. */
  of(
    eventType: string,
    instances: readonly RecipientInstance[],
  ): Promise<ReadonlyMap<RecipientInstance, readonly Subscriber[]>>;
}

/** What was read once is remembered: many events of a transaction are of one type and go to the same apps. */
export function readSubscribers(trx: Write): Subscribers {
  const scopes = new Map<string, ReadonlySet<string> | "any">();
  const byType = new Map<string, Map<string, readonly Subscriber[]>>();

  const scopesFor = async (eventType: string): Promise<ReadonlySet<string> | "any"> => {
    const known = scopes.get(eventType) ?? (await readScopesFor(trx, eventType));
    scopes.set(eventType, known);
    return known;
  };
  const subscriptionsOf = async (eventType: string, appIds: readonly string[]) => {
    const byApp = byType.get(eventType) ?? new Map<string, readonly Subscriber[]>();
    byType.set(eventType, byApp);
    const unknown = appIds.filter((appId) => !byApp.has(appId));
    if (unknown.length > 0) {
      const rows = await readSubscriptions(trx, eventType, unknown);
      for (const appId of unknown) byApp.set(appId, rows.get(appId) ?? []);
    }
    return byApp;
  };

  return {
    async of(eventType, instances) {
      const byApp = await subscriptionsOf(eventType, [
        ...new Set(instances.map((instance) => instance.app_id)),
      ]);
      const subscribed = instances.filter((instance) => (byApp.get(instance.app_id) ?? []).length > 0);
      if (subscribed.length === 0) return new Map();
      const allowed = await withGrant(trx, subscribed, await scopesFor(eventType));
      return new Map(allowed.map((instance) => [instance, byApp.get(instance.app_id) ?? []]));
    },
  };
}

async function readSubscriptions(
  trx: Write,
  eventType: string,
  appIds: readonly string[],
): Promise<Map<string, Subscriber[]>> {
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

/** The scopes of which a grant needs one. A type that nobody registered is for nobody. */
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

async function withGrant(
  trx: Write,
  instances: readonly RecipientInstance[],
  scopes: ReadonlySet<string> | "any",
): Promise<readonly RecipientInstance[]> {
  if (scopes === "any") return instances;
  const ids = instances.map((instance) => instance.instance_id);
  const rows = await trx
    .selectFrom("instances")
    .select(["instance_id", "granted_scopes"])
    .where("instance_id", "in", ids)
    .execute();
  const allowed = new Set(
    rows
      .filter((row) => (JSON.parse(row.granted_scopes) as string[]).some((scope) => scopes.has(scope)))
      .map((row) => row.instance_id),
  );
  return instances.filter((instance) => allowed.has(instance.instance_id));
}
