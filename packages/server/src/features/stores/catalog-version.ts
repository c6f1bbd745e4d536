import { ApiError } from "../../infrastructure/errors/index.ts";
import { type Endpoint, jsonResponse } from "../../infrastructure/http/index.ts";
import type { StoresSources } from "./stores-sources.ts";

const versionPermission = "WIX_STORES.CATALOG_VERSION_READ";

/** `GET /stores/v3/provision/version` (*wire §8.5*): every store has catalog V1. 401, 403. */
export function catalogVersionEndpoint({ guard }: Pick<StoresSources, "guard">): Endpoint {
  return async (request) => {
    await guard.require(request, versionPermission);
    return jsonResponse({ catalogVersion: "V1_CATALOG" });
  };
}

/** Everything else of catalog V3 (*wire §8.5*): 428, by which apps that serve both versions tell them apart. 401, 403. */
export function otherCatalogEndpoint({ guard }: Pick<StoresSources, "guard">): Endpoint {
  return async (request) => {
    await guard.require(request, versionPermission);
    throw new ApiError("CATALOG_V1_SITE_CALLING_CATALOG_V3_API");
  };
}
