import { sql } from "kysely";
import type { Write } from "../../../infrastructure/database/index.ts";
import type { RecipientInstance } from "./instance-sequences.queries.ts";
import type { Subscriber, Subscribers } from "./subscribers.queries.ts";

/** Instances that hear of an event together, with what was found out about them. */
export interface Audience {
  /** Those that have subscribed to the type and may know. */
  subscribersTo(eventType: string): Promise<ReadonlyMap<RecipientInstance, readonly Subscriber[]>>;
  /** Those whose `AppInstalled` nobody has tried to deliver. */
  blockedInstances(): Promise<ReadonlySet<string>>;
}

/** Asks once, for many events of a site go to the same instances. */
export function createAudience(
  trx: Write,
  instances: readonly RecipientInstance[],
  subscribers: Subscribers,
): Audience {
  const byType = new Map<string, Promise<ReadonlyMap<RecipientInstance, readonly Subscriber[]>>>();
  let blockedInstances: Promise<ReadonlySet<string>> | undefined;
  return {
    subscribersTo(eventType) {
      const found = byType.get(eventType) ?? subscribers.of(eventType, instances);
      byType.set(eventType, found);
      return found;
    },
    blockedInstances() {
      blockedInstances ??= readBlockedInstances(
        trx,
        instances.map((instance) => instance.instance_id),
      );
      return blockedInstances;
    },
  };
}

/** Those among some instances whose `AppInstalled` is still to be tried. */
async function readBlockedInstances(trx: Write, instanceIds: readonly string[]): Promise<Set<string>> {
  const rows = await trx
    .selectFrom("deliveries")
    .select("instance_id")
    .where("blocks_until_attempted", "=", sql.lit(1))
    .where("instance_id", "in", instanceIds)
    .execute();
  return new Set(rows.map((row) => row.instance_id ?? ""));
}
