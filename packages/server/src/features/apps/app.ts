import { maxTokenLifetime } from "@latchkey/protocol";
import type { AppsTable } from "../../infrastructure/database/index.ts";

/** How an app's access tokens are spelled: a bare JWS, or one that code looking inside Wix tokens understands. */
export type TokenFormat = "jwt" | "wix";

/** Shortest and longest life of an access token, in seconds. */
export const tokenLifetimeBounds: { readonly min: number; readonly max: number } = {
  min: 300,
  max: maxTokenLifetime,
};

/** Something a developer registered. */
export interface App {
  readonly appId: string;
  readonly name: string;
  /** Scopes it asks for. */
  readonly scopes: readonly string[];
  /** Whether it may use the legacy grants. */
  readonly legacy: boolean;
  /** A disabled app gets no tokens and has none that work. */
  readonly enabled: boolean;
  readonly tokenFormat: TokenFormat;
  /** Seconds. */
  readonly tokenLifetime: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export function toApp(row: AppsTable): App {
  return {
    appId: row.app_id,
    name: row.name,
    scopes: JSON.parse(row.scopes),
    legacy: row.legacy === 1,
    enabled: row.enabled === 1,
    tokenFormat: row.token_format === "wix" ? "wix" : "jwt",
    tokenLifetime: row.token_lifetime,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
