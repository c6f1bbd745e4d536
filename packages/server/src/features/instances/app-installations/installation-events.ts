import type { Write } from "../../../infrastructure/database/index.ts";
import { eventTypeOf, wrapInEnvelope } from "../../events/index.ts";
import { bundlesPermission, readAppInstallations } from "../../permissions/index.ts";
import type { Instance } from "../instance.ts";
import type { InstanceDependencies } from "../instance-log.ts";
import { installationEntity, toAppInstallation } from "./app-installation.ts";

/** Appends the entity's event when an app is installed or removed, if the instance may receive it. */
export async function appendInstallationEvent(
  trx: Write,
  { clock, events, ids }: InstanceDependencies,
  { instance, slug }: { instance: Instance; slug: "created" | "updated" },
): Promise<void> {
  if (!(await bundlesPermission(trx, instance.grant, readAppInstallations))) return;
  const { appId, instanceId, siteId } = instance;
  const entity = { ...toAppInstallation(instance) };
  const change =
    slug === "created" ? { createdEvent: { entity } } : { updatedEvent: { currentEntity: entity } };
  const event = { entityFqdn: installationEntity, slug, entityId: instanceId, ...change };
  const eventId = ids.ordered();
  const payload = await wrapInEnvelope(trx, event, { eventId, siteId, now: clock.now() });
  await events.append(trx, [{ eventId, eventType: eventTypeOf(event), appId, siteId, instanceId, payload }]);
}
