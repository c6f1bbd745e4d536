import { z } from "zod";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { jsonResponse } from "../../infrastructure/http/index.ts";
import type { AccessTokenRoute, Method } from "../../infrastructure/routes/index.ts";

const catalog = { permission: "WIX_STORES.CATALOG_VERSION_READ", tag: "Catalog" } as const;

const methods: readonly Method[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * The version of the catalog (*wire §8.5*). Every store has V1, so every path of V3 responds with 428, by which apps
 * that support both versions tell them apart.
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
      summary: `${method} any path of the V3 API, which is refused`,
      responses: {},
      errors: ["CATALOG_V1_SITE_CALLING_CATALOG_V3_API"],
      async handle() {
        throw new ApiError("CATALOG_V1_SITE_CALLING_CATALOG_V3_API");
      },
    }),
  ),
];
