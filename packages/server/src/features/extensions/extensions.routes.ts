import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import type { Ids } from "../../infrastructure/database/index.ts";
import { change, list, type ManagementRoute, read } from "../../infrastructure/management/index.ts";
import type { Outbound } from "../../infrastructure/outbound/index.ts";
import { someOf, time } from "../../infrastructure/routes/index.ts";
import { lockApp, readApp } from "../apps/index.ts";
import type { AuditLog } from "../audit/index.ts";
import { type Extension, extensionKinds } from "./extension.ts";
import { newExtension, readAddress, requireFieldsOf } from "./extension-input.ts";
import {
  deleteExtension,
  insertExtension,
  listExtensions,
  lockExtension,
  readExtension,
  requireExtensionQuota,
  updateExtensionUrl,
} from "./extensions.queries.ts";
import { readPluginType } from "./plugin-types/index.ts";

const tag = "Extensions";
const path = "/apps/{appId}/extensions/{extensionId}";

const extensionResponse = z
  .object({
    extensionId: z.guid(),
    appId: z.guid(),
    kind: z.enum(extensionKinds),
    url: z.string().nullable(),
    componentType: z.string().nullable(),
    baseUri: z.string().nullable(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: "Extension", description: "What an app adds to each site that it is installed on" });

const extensionChanges = someOf(newExtension.pick({ url: true, baseUri: true }));

interface Dependencies {
  readonly audit: AuditLog;
  readonly ids: Ids;
  readonly outbound: Pick<Outbound, "violationOf">;
}

/** Management of the extensions of apps. */
export function extensionRoutes({ audit, ids, outbound }: Dependencies): readonly ManagementRoute[] {
  return [
    extensionList,
    extensionRead,
    change({
      method: "POST",
      path: "/apps/{appId}/extensions",
      tag,
      operationId: "createExtension",
      summary: "Add a page or a service plugin to an app; it applies to every site that has the app",
      scope: "extensions:write",
      accounts: ["app-developer"],
      portal: ["extensions"],
      example: { kind: "IFRAME_PAGE", url: "http://127.0.0.1:3000/page" },
      errors: ["SERVICE_PLUGIN_TYPE_NOT_FOUND", "EXTENSION_EXISTS", "TOO_MANY_EXTENSIONS"],
      body: newExtension,
      response: extensionResponse,
      async prepare(body) {
        requireFieldsOf(body.kind, body);
        return await readAddress(body, outbound);
      },
      async handle({ trx, actor, body, ids: { appId }, now, prepared: url }) {
        const { componentType = null, kind } = body;
        await lockApp(trx, appId);
        if (componentType !== null) await readPluginType(trx, componentType);
        await requireExtensionQuota(trx, { appId, componentType });
        const extensionId = ids.guid();
        const extension = { extensionId, appId, kind, url, componentType, createdAt: now, updatedAt: now };
        await insertExtension(trx, extension);
        const details = auditDetails(extension);
        await audit.append(trx, actor, { action: "extension.created", appId, details });
        return show(extension);
      },
    }),
    change({
      method: "PATCH",
      path,
      tag,
      operationId: "changeExtension",
      summary: "Change the URL of an extension",
      scope: "extensions:write",
      accounts: ["app-developer"],
      portal: ["extensions"],
      example: { url: "http://127.0.0.1:3000/page" },
      errors: ["EXTENSION_NOT_FOUND"],
      body: extensionChanges,
      response: extensionResponse,
      current: async ({ trx, ids: key }) => show(await lockExtension(trx, key)),
      prepare: (body) => readAddress(body, outbound),
      async handle({ trx, actor, body, ids: key, now, prepared: url }) {
        const before = await lockExtension(trx, key);
        const componentType = before.componentType ?? undefined;
        requireFieldsOf(before.kind, { ...body, componentType });
        await updateExtensionUrl(trx, { ...key, url, now });
        const extension = { ...before, url, updatedAt: now };
        const details = auditDetails(extension);
        await audit.append(trx, actor, { action: "extension.changed", appId: key.appId, details });
        return show(extension);
      },
    }),
    extensionDeletion(audit),
  ];
}

function extensionDeletion(audit: AuditLog): ManagementRoute {
  return change({
    method: "DELETE",
    path,
    tag,
    operationId: "deleteExtension",
    summary: "Delete an extension of an app; it is removed from every site",
    scope: "extensions:write",
    accounts: ["app-developer"],
    portal: ["extensions"],
    errors: ["EXTENSION_NOT_FOUND"],
    async handle({ trx, actor, ids: key }) {
      const details = auditDetails(await lockExtension(trx, key));
      await deleteExtension(trx, key.extensionId);
      await audit.append(trx, actor, { action: "extension.deleted", appId: key.appId, details });
    },
  });
}

const extensionList = list({
  path: "/apps/{appId}/extensions",
  tag,
  operationId: "listExtensions",
  summary: "List the extensions of an app",
  scope: "extensions:read",
  accounts: ["app-developer"],
  portal: ["overview", "extensions"],
  item: extensionResponse,
  async find({ db, ids, page }) {
    await readApp(db, ids.appId);
    return await listExtensions(db, { ...page, appId: ids.appId });
  },
  position: (extension) => extension.extensionId,
  show,
});

const extensionRead = read({
  path,
  tag,
  operationId: "getExtension",
  summary: "Read an extension",
  scope: "extensions:read",
  accounts: ["app-developer"],
  portal: ["extensions"],
  errors: ["EXTENSION_NOT_FOUND"],
  response: extensionResponse,
  changes: extensionChanges,
  handle: async ({ db, ids }) => show(await readExtension(db, ids)),
});

function show(extension: Extension): z.input<typeof extensionResponse> {
  const { createdAt, updatedAt, url, ...fields } = extension;
  const plugin = fields.kind === "SERVICE_PLUGIN";
  return {
    ...fields,
    url: plugin ? null : url,
    baseUri: plugin ? url : null,
    createdAt: isoTime(createdAt),
    updatedAt: isoTime(updatedAt),
  };
}

/** The audit log has only the host of the URL, because the path and the query may contain secrets. */
function auditDetails({
  componentType,
  extensionId,
  kind,
  url,
}: Extension): Readonly<Record<string, unknown>> {
  return { extensionId, kind, componentType, host: new URL(url).host };
}
