import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import type { Ids } from "../../infrastructure/database/index.ts";
import type { ApiErrorCode } from "../../infrastructure/errors/index.ts";
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
  moveExtension,
  readExtension,
  requireRoom,
} from "./extensions.queries.ts";
import { readPluginType } from "./plugin-types/index.ts";

const tag = "Extensions";
const path = "/apps/{appId}/extensions/{extensionId}";
const notFound: readonly ApiErrorCode[] = ["APP_NOT_FOUND", "EXTENSION_NOT_FOUND"];

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
      summary: "Add a page or a service plugin to an app, on every site that it is installed on",
      scope: "extensions:write",
      example: { kind: "IFRAME_PAGE", url: "http://127.0.0.1:3000/page" },
      errors: ["APP_NOT_FOUND", "SERVICE_PLUGIN_TYPE_NOT_FOUND", "EXTENSION_EXISTS", "TOO_MANY_EXTENSIONS"],
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
        await requireRoom(trx, { appId, componentType });
        const times = { createdAt: now, updatedAt: now };
        const extension = { extensionId: ids.guid(), appId, kind, url, componentType, ...times };
        await insertExtension(trx, extension);
        await audit.append(trx, actor, { action: "extension.created", appId, details: noted(extension) });
        return show(extension);
      },
    }),
    change({
      method: "PATCH",
      path,
      tag,
      operationId: "changeExtension",
      summary: "Move an extension to another address",
      scope: "extensions:write",
      example: { url: "http://127.0.0.1:3000/page" },
      errors: notFound,
      body: someOf(newExtension.pick({ url: true, baseUri: true })),
      response: extensionResponse,
      prepare: (body) => readAddress(body, outbound),
      async handle({ trx, actor, body, ids: named, now, prepared: url }) {
        const before = await lockExtension(trx, named);
        const componentType = before.componentType ?? undefined;
        requireFieldsOf(before.kind, { ...body, componentType });
        await moveExtension(trx, { ...named, url, now });
        const extension = { ...before, url, updatedAt: now };
        const details = noted(extension);
        await audit.append(trx, actor, { action: "extension.changed", appId: named.appId, details });
        return show(extension);
      },
    }),
    extensionRemoval(audit),
  ];
}

function extensionRemoval(audit: AuditLog): ManagementRoute {
  return change({
    method: "DELETE",
    path,
    tag,
    operationId: "deleteExtension",
    summary: "Take an extension away from an app, on every site",
    scope: "extensions:write",
    errors: notFound,
    response: z.object({}),
    async handle({ trx, actor, ids: named }) {
      const details = noted(await lockExtension(trx, named));
      await deleteExtension(trx, named.extensionId);
      await audit.append(trx, actor, { action: "extension.deleted", appId: named.appId, details });
      return {};
    },
  });
}

const extensionList = list({
  path: "/apps/{appId}/extensions",
  tag,
  operationId: "listExtensions",
  summary: "List the extensions of an app",
  scope: "extensions:read",
  errors: ["APP_NOT_FOUND"],
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
  errors: notFound,
  response: extensionResponse,
  handle: async ({ db, ids }) => show(await readExtension(db, ids)),
});

function show(extension: Extension): z.input<typeof extensionResponse> {
  const { createdAt, updatedAt, url, ...facts } = extension;
  const plugin = facts.kind === "SERVICE_PLUGIN";
  return {
    ...facts,
    url: plugin ? null : url,
    baseUri: plugin ? url : null,
    createdAt: isoTime(createdAt),
    updatedAt: isoTime(updatedAt),
  };
}

/** An address may hold what is nobody's business, so that the audit log has its host alone. */
function noted({ componentType, extensionId, kind, url }: Extension): Readonly<Record<string, unknown>> {
  return { extensionId, kind, componentType, host: new URL(url).host };
}
