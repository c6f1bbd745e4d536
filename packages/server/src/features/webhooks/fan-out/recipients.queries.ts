import { sql } from "kysely";
import type { Write } from "../../../infrastructure/database/index.ts";
import type { RecipientInstance } from "./instance-sequences.queries.ts";
import type { SubscriberReader, Subscribers } from "./subscribers.queries.ts";

/** Instances that receive an event together. Each query runs once, because many events go to the same instances. */
export interface Recipients {
  /** The instances among them that receive events of a type, with their webhooks. */
  subscribersTo(eventType: string): Promise<Subscribers>;
  /** Ids of the instances whose `AppInstalled` has not been attempted. */
  blockedInstances(): Promise<ReadonlySet<string>>;
}

export function createRecipients(
  trx: Write,
  instances: readonly RecipientInstance[],
  reader: SubscriberReader,
): Recipients {
  const byType = new Map<string, Promise<Subscribers>>();
  let blocked: Promise<ReadonlySet<string>> | undefined;
  return {
    subscribersTo(eventType) {
      const subscribers = byType.get(eventType) ?? reader.read(eventType, instances);
      byType.set(eventType, subscribers);
      return subscribers;
    },
    blockedInstances() {
      blocked ??= readBlockedInstances(
        trx,
        instances.map((instance) => instance.instance_id),
      );
      return blocked;
    },
  };
}

async function readBlockedInstances(trx: Write, instanceIds: readonly string[]): Promise<Set<string>> {
  const rows = await trx
    .selectFrom("deliveries")
    .select("instance_id")
    .where("blocks_until_attempted", "=", sql.lit(1))
    .where("instance_id", "in", instanceIds)
    .execute();
  return new Set(rows.map((row) => row.instance_id ?? ""));
}
