import { z } from "zod";
import type { Vault } from "../../../infrastructure/crypto/index.ts";
import type { Database } from "../../../infrastructure/database/index.ts";
import { jsonResponse } from "../../../infrastructure/http/index.ts";
import { readCursor, writeCursor } from "../../../infrastructure/management/index.ts";
import { type AccessTokenRoute, parse, readBody } from "../../../infrastructure/routes/index.ts";
import { readAppInstallations } from "../../permissions/index.ts";
import { listInstances } from "../instances.queries.ts";
import { appInstallation, installationStatus, toAppInstallation } from "./app-installation.ts";

const body = z.strictObject({
  query: z
    .strictObject({
      filter: z.strictObject({ status: installationStatus.optional() }).optional(),
      cursorPaging: z
        .strictObject({
          limit: z.int().min(1).max(100).optional(),
          cursor: z.string().max(1_000).optional(),
        })
        .optional(),
    })
    .optional(),
});

const response = z.object({
  appInstallations: z.array(appInstallation),
  pagingMetadata: z.object({
    count: z.int(),
    cursors: z.object({ next: z.string().nullable() }),
    hasNext: z.boolean(),
  }),
});

const defaultLimit = 50;

/** Query App Installations (wire §16 W4): the app of the token, on all sites. */
export function appInstallationRoutes({
  database,
  vault,
}: {
  readonly database: Database;
  readonly vault: Vault;
}): readonly AccessTokenRoute[] {
  return [
    {
      method: "POST",
      path: "/app-installations/v1/app-installations/query",
      permission: readAppInstallations,
      tag: "Instances",
      operationId: "queryAppInstallations",
      summary: "Query the sites that the app of the token is or was on, in the order of instanceId",
      description: "A page may have fewer items than its limit, or none: continue while hasNext is true.",
      body: { schema: body },
      responses: { 200: { description: "A page", schema: response } },
      errors: ["INVALID_CURSOR"],
      async handle({ access, request }) {
        const { query = {} } = parse(body, await readBody(request), "body");
        const { cursor, limit = defaultLimit } = query.cursorPaging ?? {};
        const { status } = query.filter ?? {};
        const list = JSON.stringify(["queryAppInstallations", access.appId, status ?? null]);
        const after = cursor === undefined ? "" : readCursor(vault, list, cursor);
        const found = await listInstances(database.read, { appId: access.appId, after, limit: limit + 1 });
        const page = found.slice(0, limit);
        const last = found.length > limit ? page.at(-1) : undefined;
        const items = page
          .map(toAppInstallation)
          .filter((item) => status === undefined || item.status === status);
        return jsonResponse({
          appInstallations: items,
          pagingMetadata: {
            count: items.length,
            cursors: { next: last === undefined ? null : writeCursor(vault, list, last.instanceId) },
            hasNext: last !== undefined,
          },
        });
      },
    },
  ];
}
