import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Ids, Write } from "../../infrastructure/database/index.ts";
import type { Actor } from "../../infrastructure/management/index.ts";
import type { AuditLog } from "../audit/index.ts";
import type { EventLog, EventType } from "../events/index.ts";
import type { Instance } from "./instance.ts";
import { readInstance } from "./instances.queries.ts";

/** What changes of instances need. */
export interface InstanceDependencies {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: EventLog;
  readonly audit: AuditLog;
}

/** A change that was made to an instance. */
export interface InstanceChange {
  readonly instance: Instance;
  /** As the audit log names it. */
  readonly action: string;
  /** As apps hear of it; absent when they do not. */
  readonly eventType?: EventType;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Appends a change's audit entry and event to its own transaction, and reads the instance as it is now. */
export async function noteChange(
  deps: InstanceDependencies,
  { trx, actor }: { trx: Write; actor: Actor },
  change: InstanceChange,
): Promise<Instance> {
  const { appId, instanceId, siteId } = change.instance;
  const { action, details, eventType } = change;
  await deps.audit.append(trx, actor, {
    action,
    appId,
    siteId,
    instanceId,
    ...(details ? { details } : {}),
  });
  if (eventType !== undefined) {
    const payload = { appId, ...change.payload };
    await deps.events.append(trx, [{ eventType, appId, siteId, instanceId, payload }]);
  }
  return await readInstance(trx, instanceId);
}
