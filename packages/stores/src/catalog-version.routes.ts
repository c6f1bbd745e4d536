import { type AccessTokenRoute, ApiError, jsonResponse, type Method } from "@latchkey/server";
import { z } from "zod";
import { storesErrors } from "./errors.ts";
import { versionPermission } from "./permissions.ts";

const catalog = { permission: versionPermission, tag: "Catalog" } as const;

const methods: readonly Method[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * The catalog version (*wire §8.5*). Every store has V1, so every path of V3 responds with 428. Apps that support both
 * versions recognise V1 by this error.
 */
export const catalogVersionRoutes: readonly AccessTokenRoute[] = [
  {
    ...catalog,
    method: "GET",
    path: "/stores/v3/provision/version",
    operationId: "getCatalogVersion",
    summary: "Get the version of the site's catalog",
    responses: {
      200: {
        description: "The version",
        schema: z.object({ catalogVersion: z.literal("V1_CATALOG") }),
      },
    },
    handle: async () => jsonResponse({ catalogVersion: "V1_CATALOG" }),
  },
  ...methods.map(
    (method): AccessTokenRoute => ({
      ...catalog,
      method,
      path: "/stores/v3/{path*}",
      parameters: { path: z.string() },
      operationId: `${method.toLowerCase()}CatalogV3`,
      summary: `${method} any path of the V3 API; always responds with 428`,
      responses: {},
      errors: [storesErrors.CATALOG_V1_SITE_CALLING_CATALOG_V3_API],
      async handle() {
        throw new ApiError(storesErrors.CATALOG_V1_SITE_CALLING_CATALOG_V3_API);
      },
    }),
  ),
];
