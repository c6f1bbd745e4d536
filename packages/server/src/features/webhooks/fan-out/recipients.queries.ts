import { sql } from "kysely";
import type {
  InstanceSequencesTable,
  Queries,
  WebhooksTable,
} from "../../../infrastructure/database/index.ts";
import { parseGrant } from "../../instances/index.ts";

/** An instance that may receive an event. */
export type RecipientInstance = Pick<InstanceSequencesTable, "instance_id" | "app_id">;

/** Instances that receive an event, with the webhooks of their app. */
export type Subscribers = ReadonlyMap<RecipientInstance, readonly SubscribedWebhook[]>;

export type SubscribedWebhook = Pick<WebhooksTable, "webhook_id" | "app_id" | "paused_at">;

/** Instances that receive an event together. Each query runs once, because many events go to the same instances. */
export class Recipients {
  readonly #instances: readonly RecipientInstance[];
  readonly #reader: SubscriberReader;
  readonly #subscribers = new Map<string, Subscribers>();
  #blocked: ReadonlySet<string> | undefined;

  constructor(instances: readonly RecipientInstance[], reader: SubscriberReader) {
    this.#instances = instances;
    this.#reader = reader;
  }

  /** The instances that receive events of a type: their app subscribes to it, and their grant includes its permission. */
  async subscribersTo(eventType: string): Promise<Subscribers> {
    const subscribers =
      this.#subscribers.get(eventType) ?? (await this.#reader.read(eventType, this.#instances));
    this.#subscribers.set(eventType, subscribers);
    return subscribers;
  }

  /** Ids of the instances whose `AppInstalled` has not been attempted. */
  async blockedInstances(): Promise<ReadonlySet<string>> {
    this.#blocked ??= await readBlockedInstances(this.#reader.trx, this.#instances.map(idOf));
    return this.#blocked;
  }
}

/** Reads webhooks and scopes once: many events of a transaction have the same type and go to the same apps. */
export class SubscriberReader {
  readonly trx: Queries;
  /** Webhooks by app id, by event type. */
  readonly #webhooks = new Map<string, Map<string, readonly SubscribedWebhook[]>>();
  readonly #scopes = new Map<string, ReadonlySet<string> | "any">();

  constructor(trx: Queries) {
    this.trx = trx;
  }

  async read(eventType: string, instances: readonly RecipientInstance[]): Promise<Subscribers> {
    const subscribed = await this.subscribed(eventType, instances);
    if (subscribed.length === 0) return new Map();
    const scopes = this.#scopes.get(eventType) ?? (await readScopesFor(this.trx, eventType));
    this.#scopes.set(eventType, scopes);
    const permitted = scopes === "any" ? subscribed : await withScope(this.trx, subscribed, scopes);
    const webhooks = this.#webhooks.get(eventType);
    return new Map(permitted.map((instance) => [instance, webhooks?.get(instance.app_id) ?? []]));
  }

  /** The instances whose app subscribes to an event type. */
  async subscribed(
    eventType: string,
    instances: readonly RecipientInstance[],
  ): Promise<readonly RecipientInstance[]> {
    const webhooks = await this.#webhooksByApp(eventType, [...new Set(instances.map((one) => one.app_id))]);
    return instances.filter(({ app_id }) => (webhooks.get(app_id) ?? []).length > 0);
  }

  /** The webhooks of an app for an event type. */
  async webhooksOf(eventType: string, appId: string): Promise<readonly SubscribedWebhook[]> {
    return (await this.#webhooksByApp(eventType, [appId])).get(appId) ?? [];
  }

  async #webhooksByApp(eventType: string, appIds: readonly string[]) {
    const byApp = this.#webhooks.get(eventType) ?? new Map<string, readonly SubscribedWebhook[]>();
    this.#webhooks.set(eventType, byApp);
    const unknown = appIds.filter((appId) => !byApp.has(appId));
    if (unknown.length === 0) return byApp;
    const rows = await this.trx
      .selectFrom("webhooks")
      .select(["webhook_id", "app_id", "paused_at"])
      .where("event_type", "=", eventType)
      .where("app_id", "in", unknown)
      .where("deleted_at", "is", null)
      .orderBy("webhook_id")
      .execute();
    const found = Map.groupBy(rows, (row) => row.app_id);
    for (const appId of unknown) byApp.set(appId, found.get(appId) ?? []);
    return byApp;
  }
}

async function readBlockedInstances(trx: Queries, instanceIds: readonly string[]): Promise<Set<string>> {
  const rows = await trx
    .selectFrom("deliveries")
    .select("instance_id")
    .where("blocks_until_attempted", "=", sql.lit(1))
    .where("instance_id", "in", instanceIds)
    .execute();
  return new Set(rows.map((row) => row.instance_id ?? ""));
}

/** The scopes that include the permission of an event type; none for a type that is not registered. */
async function readScopesFor(trx: Queries, eventType: string): Promise<ReadonlySet<string> | "any"> {
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
  trx: Queries,
  instances: readonly RecipientInstance[],
  scopes: ReadonlySet<string>,
): Promise<RecipientInstance[]> {
  const rows = await trx
    .selectFrom("instances")
    .select(["instance_id", "granted_scopes"])
    .where("instance_id", "in", instances.map(idOf))
    .execute();
  const permitted = rows.filter((row) => parseGrant(row.granted_scopes).some((scope) => scopes.has(scope)));
  const ids = new Set(permitted.map(idOf));
  return instances.filter((instance) => ids.has(instance.instance_id));
}

function idOf({ instance_id }: { readonly instance_id: string }): string {
  return instance_id;
}
