import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Database } from "../../infrastructure/database/index.ts";
import type { AccessGuard } from "../../infrastructure/routes/index.ts";
import type { ChangeSources } from "./changes/index.ts";

/** What the endpoints of Stores need. */
export interface StoresSources {
  readonly database: Database;
  readonly guard: AccessGuard;
  /** Signs cursors. */
  readonly vault: Vault;
}

/** What those need that change something. */
export interface StoreChangeSources extends StoresSources, ChangeSources {}

/** What reading products and collections takes. */
export const readPermission = "WIX_STORES.READ_PRODUCTS";
