import { z } from "zod";
import { isoTime } from "../../../infrastructure/clock/index.ts";
import { time } from "../../../infrastructure/routes/index.ts";
import type { Instance } from "../instance.ts";

/** The name of the entity in its events. */
export const installationEntity = "wix.app.installations.v1.app_installation";

export const installationStatus: z.ZodEnum<{ INSTALLED: "INSTALLED"; UNINSTALLED: "UNINSTALLED" }> = z.enum([
  "INSTALLED",
  "UNINSTALLED",
]);

export interface AppInstallation {
  readonly id: string;
  readonly instanceId: string;
  readonly appId: string;
  readonly appVersion: string;
  readonly status: z.output<typeof installationStatus>;
  readonly siteInfo: { readonly siteId: string };
  readonly firstInstallationDate: string;
  readonly createdDate: string;
  readonly updatedDate: string;
}

export const appInstallation: z.ZodType<AppInstallation> = z
  .object({
    id: z.guid(),
    instanceId: z.guid(),
    appId: z.guid(),
    appVersion: z.string(),
    status: installationStatus,
    siteInfo: z.object({ siteId: z.guid() }),
    firstInstallationDate: time,
    createdDate: time,
    updatedDate: time,
  })
  .meta({ id: "AppInstallation", description: "An app that is, or was, on a site" });

/** An instance as the wire protocol describes it (wire §16 W4). A suspended instance is still on its site. */
export function toAppInstallation(instance: Instance): AppInstallation {
  const { appId, instanceId, siteId, state } = instance;
  return {
    ...{ id: instanceId, instanceId, appId, appVersion: "1" },
    status: state === "removed" ? "UNINSTALLED" : "INSTALLED",
    siteInfo: { siteId },
    firstInstallationDate: isoTime(instance.createdAt),
    createdDate: isoTime(instance.createdAt),
    updatedDate: isoTime(instance.updatedAt),
  };
}
