import type { TestPlatform } from "@latchkey/server/testing";
import { stores } from "../stores.ts";
import type { StoresPlatform } from "../stores-platform.ts";
import type { StoresTables } from "../tables.ts";

/** The platform of a test with the tables of Stores. */
export function storesOf({ platform }: TestPlatform): StoresPlatform {
  return platform.platformFor<StoresTables>(stores);
}
