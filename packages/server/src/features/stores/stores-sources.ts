import { z } from "zod";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Database } from "../../infrastructure/database/index.ts";
import type { AccessGuard, RouteResponse } from "../../infrastructure/routes/index.ts";
import type { ChangeSources } from "./changes/index.ts";

/** What the endpoints of Stores need. */
export interface StoresSources {
  readonly database: Database;
  readonly guard: AccessGuard;
  /** Signs cursors. */
  readonly vault: Vault;
}

/** What the endpoints that change something need. */
export interface StoreChangeSources extends StoresSources, ChangeSources {}

/** The permission to read products and collections. */
export const readPermission = "WIX_STORES.READ_PRODUCTS";

/** The responses of a route that returns `{}`. */
export const emptyResponses: Readonly<Record<number, RouteResponse>> = {
  200: { description: "Done", schema: z.strictObject({}) },
};
