import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Ids, Write } from "../../infrastructure/database/index.ts";
import type { Actor } from "../../infrastructure/management/index.ts";
import type { AuditLog } from "../audit/index.ts";
import type { EventLog, EventType } from "../events/index.ts";
import type { Instance } from "./instance.ts";

export interface InstanceDependencies {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: EventLog;
  readonly audit: AuditLog;
  /** Whether instances may have ids that the caller chose. */
  readonly development: boolean;
}

/** A change, as the audit log and the event describe it. */
export interface InstanceChange {
  readonly instance: Pick<Instance, "appId" | "siteId" | "instanceId">;
  /** The action in the audit log. */
  readonly action: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Absent when the change has no event. */
  readonly eventType?: EventType | undefined;
  readonly payload?: Readonly<Record<string, unknown>>;
}

/** Appends the audit entry and the event of a change. */
export async function recordChange(
  trx: Write,
  { audit, events }: Pick<InstanceDependencies, "audit" | "events">,
  { actor, change }: { actor: Actor; change: InstanceChange },
): Promise<void> {
  const { action, details, eventType, payload } = change;
  const { appId, instanceId, siteId } = change.instance;
  const ids = { appId, siteId, instanceId };
  await audit.append(trx, actor, { action, ...ids, ...(details ? { details } : {}) });
  if (eventType !== undefined) {
    await events.append(trx, [{ eventType, ...ids, payload: { appId, ...payload } }]);
  }
}
