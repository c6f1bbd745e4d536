import type { ResourcePlatform, RouteResponse } from "@latchkey/server";
import { z } from "zod";
import type { StoresTables } from "./tables.ts";

/** The platform with the tables of Stores. */
export type StoresPlatform = ResourcePlatform<StoresTables>;

/** The responses of a route that returns `{}`. */
export const emptyResponses: Readonly<Record<number, RouteResponse>> = {
  200: { description: "Done", schema: z.strictObject({}) },
};
