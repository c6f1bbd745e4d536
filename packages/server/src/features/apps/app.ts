import { maxTokenLifetime } from "@latchkey/protocol";
import type { AppsTable } from "../../infrastructure/database/index.ts";
import type { LegacyFlow, RequestedScope, ScopeRequest } from "./registration/index.ts";

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
  readonly scopes: readonly RequestedScope[];
  /** Null for an app that may not use the legacy flow. */
  readonly legacy: LegacyFlow | null;
  /** Addresses to which `/app-installer` may redirect. Compared character by character. */
  readonly postInstallationUrls: readonly string[];
  /** A disabled app gets no tokens, and its tokens are invalid. */
  readonly enabled: boolean;
  readonly tokenFormat: TokenFormat;
  /** Seconds. */
  readonly tokenLifetime: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

type AppField = "name" | "legacy" | "postInstallationUrls" | "enabled" | "tokenFormat" | "tokenLifetime";

/** Fields of an app that may change. */
export type AppChanges = { readonly [Field in AppField]?: App[Field] | undefined } & {
  readonly scopes?: readonly ScopeRequest[] | undefined;
};

export type NewApp = Omit<AppChanges, "enabled"> & {
  readonly name: string;
  /** Development only. Default: a new id. */
  readonly appId?: string | undefined;
  /** Development only: the value of the first secret. Default: a new secret. */
  readonly secret?: string | undefined;
};

export function toApp(row: AppsTable): App {
  return {
    appId: row.app_id,
    name: row.name,
    scopes: JSON.parse(row.scopes),
    legacy: row.legacy === null ? null : JSON.parse(row.legacy),
    postInstallationUrls: JSON.parse(row.post_installation_urls ?? "[]"),
    enabled: row.enabled === 1,
    tokenFormat: row.token_format === "wix" ? "wix" : "jwt",
    tokenLifetime: row.token_lifetime,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
