import { type AccessTokenClaims, maxTokenAncestors } from "@latchkey/protocol";
import { OAuthError } from "../../../infrastructure/errors/index.ts";
import { checkToken, type ValidToken } from "../check-token.ts";
import { mint } from "../mint.ts";
import { type ClientCredentials, readClientCredentials } from "../request/client-authentication.ts";
import { requireParameter } from "../request/token-parameters.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import { scopeOfNewToken } from "../token-scopes.ts";
import { checkInstance } from "./check-instance.ts";
import type { GrantRequest, TokenResponse } from "./grant.ts";
import { respondToClient } from "./respond-to-client.ts";

/**
 * An app exchanges a token that one of its pages received for a token for its back end, with its secret (wire §1.3). The
 * new token has the same subject, at most the same scopes and the same end, and is revoked with the first one.
 */
export async function stripBoundSession(
  request: GrantRequest,
  deps: TokenDependencies,
): Promise<TokenResponse> {
  const { exchange, parameters } = request;
  const { claims, scopes } = await requireValid(deps, request);
  const credentials = readCredentials(request, claims);
  const { instance_id: instanceId } = claims;
  return await respondToClient(deps, { credentials, exchange, instanceId }, async (row, now) => {
    if (row.app_id !== claims.client_id) throw otherApp();
    requireOwnApis(parameters.get("resource"), deps);
    const scope = scopeOfNewToken(parameters.get("scope"), JSON.stringify(scopes));
    checkInstance(row);
    return await mint(deps, row, {
      subject: claims.sub,
      audience: claims.aud,
      scope,
      scopeRequested: parameters.has("scope"),
      // The generation of the first token, not of the row, so that a change that invalidates the first token
      // invalidates the new one too.
      generation: claims.gen,
      derivedFrom: ancestorsOf(claims),
      lifetime: claims.exp - Math.floor(now / 1_000),
      now,
    });
  });
}

async function requireValid(
  deps: TokenDependencies,
  { exchange, parameters }: GrantRequest,
): Promise<ValidToken> {
  const check = await checkToken(deps, requireParameter(parameters, "access_token"));
  if ("token" in check) return check.token;
  exchange.caller = check.caller;
  const { reason } = check;
  throw new OAuthError("invalid_grant", "access_token is no token, or has ended.", { reason });
}

/** Reads the credentials. Clients of the wire protocol send no `client_id` here; the token has it. */
function readCredentials(
  { headers, parameters }: GrantRequest,
  { client_id: clientId }: AccessTokenClaims,
): ClientCredentials {
  if (headers.has("authorization") || parameters.has("client_id")) {
    return readClientCredentials(headers, parameters);
  }
  return { clientId, clientSecret: requireParameter(parameters, "client_secret"), viaHeader: false };
}

/** A token of a page is for the platform's own APIs, and an exchange does not change that (RFC 8707). */
function requireOwnApis(resource: string | undefined, { issuer }: TokenDependencies): void {
  if (resource === undefined || resource === issuer) return;
  throw new OAuthError(
    "invalid_target",
    "strip_bound_session issues tokens only for the platform's own APIs.",
    { reason: "other_resource" },
  );
}

/** Limits the number of ancestors, because every check of the new token looks up each of them. */
function ancestorsOf({ derived_from = [], jti }: AccessTokenClaims): readonly string[] {
  if (derived_from.length < maxTokenAncestors) return [jti, ...derived_from];
  throw new OAuthError(
    "invalid_grant",
    `access_token is the result of ${maxTokenAncestors} consecutive exchanges; exchange the token that the page received.`,
    { reason: "too_many_exchanges" },
  );
}

function otherApp(): OAuthError {
  return new OAuthError("invalid_grant", "access_token was issued to another app.", { reason: "other_app" });
}
