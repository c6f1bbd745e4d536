import { OAuthError } from "../../../infrastructure/errors/index.ts";
import { readApp } from "../../apps/index.ts";
import { checkInstance } from "../grants/check-instance.ts";
import type { Grant } from "../grants/grant.ts";
import { respondToClient } from "../grants/respond-to-client.ts";
import { mint } from "../mint.ts";
import { type AuthenticatedClient, readClientCredentials } from "../request/client-authentication.ts";
import { requireParameter } from "../request/token-parameters.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import { scopeOfNewToken } from "../token-scopes.ts";
import type { MintRow } from "../tokens.queries.ts";
import { findCode, findRefreshToken, updateRefreshTokenDigest } from "./legacy.queries.ts";
import { type GrantError, instanceErrors, redeemCode } from "./redeem-code.ts";
import { legacyTokenLifetime, refreshTokenError } from "./refresh-tokens.ts";

/** The response of `POST /oauth/access` (wire §3.2). The access token is valid for 5 minutes. */
export interface LegacyTokenResponse {
  readonly access_token: string;
  readonly refresh_token: string;
  /** Present when the request has a scope. */
  readonly scope?: string;
}

/** An app exchanges the code of a redirect (RFC 6749 §4.1.3). */
const authorizationCode: Grant<LegacyTokenResponse> = async ({ exchange, headers, parameters }, deps) => {
  const credentials = readClientCredentials(headers, parameters);
  const code = requireParameter(parameters, "code");
  const stored = await findCode(deps.database.read, deps.vault.digests(code));
  const instanceId = stored?.instance_id ?? "";
  return await respondToClient(deps, { credentials, exchange, instanceId }, async (row, now) => {
    exchange.caller = callerOf(row);
    await requireLegacyApp(deps, row.app_id);
    const redeemed = await deps.database.write((trx) =>
      redeemCode(trx, deps, {
        code,
        appId: row.app_id,
        redirectUri: parameters.get("redirect_uri"),
        codeVerifier: parameters.get("code_verifier"),
        current: row,
        requestId: exchange.requestId,
        now,
      }),
    );
    if ("reason" in redeemed) throw invalidGrant(redeemed);
    return await respond(deps, row, { ...redeemed, scope: undefined, now });
  });
};

/** An app exchanges a refresh token, which stays the same, so that concurrent requests all succeed. */
const refreshToken: Grant<LegacyTokenResponse> = async ({ exchange, headers, parameters }, deps) => {
  const credentials = readClientCredentials(headers, parameters);
  const text = requireParameter(parameters, "refresh_token");
  const digests = deps.vault.digests(text);
  const stored = await findRefreshToken(deps.database.read, digests);
  const instanceId = stored?.instance_id ?? "";
  return await respondToClient(deps, { credentials, exchange, instanceId }, async (row, now) => {
    exchange.caller = callerOf(row);
    await requireLegacyApp(deps, row.app_id);
    if (stored === undefined || stored.app_id !== row.app_id) throw invalidGrant(unknownRefreshToken);
    const error = refreshTokenError(stored, row);
    if (error !== undefined) throw invalidGrant(instanceErrors[error]);
    const { refresh_token_id: refreshTokenId } = stored;
    const [digest = ""] = digests;
    if (stored.digest !== digest) {
      await deps.database.write((trx) => updateRefreshTokenDigest(trx, { digest, refreshTokenId }));
    }
    return await respond(deps, row, {
      refreshTokenId,
      refreshToken: text,
      scope: parameters.get("scope"),
      now,
    });
  });
};

/** The grants of the legacy flow, by type. */
export const legacyGrants: ReadonlyMap<string, Grant<LegacyTokenResponse>> = new Map([
  ["authorization_code", authorizationCode],
  ["refresh_token", refreshToken],
]);

async function respond(
  deps: TokenDependencies,
  row: AuthenticatedClient<MintRow>,
  issued: { refreshTokenId: string; refreshToken: string; scope: string | undefined; now: number },
): Promise<LegacyTokenResponse> {
  checkInstance(row);
  const { access_token, scope } = await mint(deps, row, {
    audience: deps.issuer,
    scope: scopeOfNewToken(issued.scope, row.granted_scopes),
    scopeRequested: issued.scope !== undefined,
    // The deny list revokes access tokens by the refresh token that they come from.
    derivedFrom: [issued.refreshTokenId],
    lifetime: legacyTokenLifetime,
    now: issued.now,
  });
  return { access_token, refresh_token: issued.refreshToken, ...(scope === undefined ? {} : { scope }) };
}

/** Throws `unauthorized_client` for an app that is not marked as legacy. */
async function requireLegacyApp({ database }: TokenDependencies, appId: string): Promise<void> {
  if ((await readApp(database.read, appId)).legacy) return;
  throw new OAuthError(
    "unauthorized_client",
    "The app does not use the legacy flow. Request tokens at /oauth2/token, with client_credentials and instance_id.",
    { reason: "not_legacy" },
  );
}

function callerOf({ app_id, instance_id }: AuthenticatedClient<MintRow>): {
  appId: string;
  instanceId?: string;
} {
  return { appId: app_id, ...(instance_id === null ? {} : { instanceId: instance_id }) };
}

function invalidGrant({ reason, text }: GrantError): OAuthError {
  return new OAuthError("invalid_grant", text, { reason, showsReason: true });
}

const unknownRefreshToken: GrantError = {
  reason: "unknown_refresh_token",
  text: "The refresh token is unknown, or was issued to another app.",
};
