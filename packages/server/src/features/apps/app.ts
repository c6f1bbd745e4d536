import { maxTokenLifetime } from "@latchkey/protocol";
import type { AppsTable } from "../../infrastructure/database/index.ts";

/** `jwt`: a plain JWT. `wix`: the same with the prefix and the `data` claim of Wix tokens. */
export type TokenFormat = "jwt" | "wix";

/** Shortest and longest lifetime of an access token, in seconds. */
export const tokenLifetimeBounds: { readonly min: number; readonly max: number } = {
  min: 300,
  max: maxTokenLifetime,
};

/** An app that a developer registered. */
export interface App {
  readonly appId: string;
  readonly name: string;
  /** Scopes that the app requests. */
  readonly scopes: readonly string[];
  /** Whether the app may use the legacy grants. */
  readonly legacy: boolean;
  /** A disabled app gets no tokens, and its tokens are invalid. */
  readonly enabled: boolean;
  readonly tokenFormat: TokenFormat;
  /** Seconds. */
  readonly tokenLifetime: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

type AppField = "name" | "scopes" | "legacy" | "enabled" | "tokenFormat" | "tokenLifetime";

/** Fields of an app that may change. */
export type AppChanges = { readonly [Field in AppField]?: App[Field] | undefined };

export type NewApp = Omit<AppChanges, "enabled"> & { readonly name: string };

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
