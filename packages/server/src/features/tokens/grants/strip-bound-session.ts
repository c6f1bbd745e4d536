import { type AccessTokenClaims, maxTokenAncestors } from "@latchkey/protocol";
import { OAuthError } from "../../../infrastructure/errors/index.ts";
import { checkToken, type LiveToken } from "../check-token.ts";
import { mint } from "../mint.ts";
import {
  type ClientCredentials,
  checkClient,
  lookupId,
  readClientCredentials,
} from "../request/client-authentication.ts";
import { requireParameter } from "../request/token-parameters.ts";
import { grantedScope } from "../scope.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import type { Grant, GrantRequest, TokenAnswer } from "./grant.ts";
import { checkInstance } from "./installed-instance.ts";
import { noteRefusal } from "./note-refusal.ts";

/**
 * An app turns a token that one of its pages was given into one for its back end, and proves itself with its secret
 * (wire §1.3). The new token is of the same subject, may do no more, ends no later, and is revoked with the first one.
 */
export const stripBoundSession: Grant = { type: "strip_bound_session", handle };

async function handle(request: GrantRequest, deps: TokenDependencies): Promise<TokenAnswer> {
  const { parameters } = request;
  const bound = await requireLive(deps, requireParameter(parameters, "access_token"));
  const credentials = readCredentials(request, bound);
  const { client_id: appId, instance_id: instanceId } = bound.claims;
  const digests = deps.vault.digests(credentials.clientSecret);
  const now = deps.clock.now();
  const row = await deps.store.readMint({ appId: lookupId(credentials), digests, instanceId, now });
  try {
    const client = checkClient(row, { credentials, digests }, now);
    if (client.appId !== appId) throw otherApp();
    requireOwnApis(parameters.get("resource"), deps);
    const scope = grantedScope(parameters.get("scope"), JSON.stringify(bound.scopes));
    return await mint(deps, {
      ...checkInstance(row),
      ...client,
      // Those of the bound token: what makes it invalid before this is done makes the new one invalid too.
      generation: bound.claims.gen,
      derivedFrom: ancestorsOf(bound.claims),
      subject: bound.claims.sub,
      audience: bound.claims.aud,
      lifetime: bound.claims.exp - Math.floor(now / 1_000),
      scope,
      scopeAsked: parameters.has("scope"),
      now,
    });
  } catch (error) {
    noteRefusal(error, request, { usage: deps.usage, row, instanceId, now });
    throw error;
  }
}

async function requireLive(deps: TokenDependencies, token: string): Promise<LiveToken> {
  const check = await checkToken(deps, token);
  if ("live" in check) return check.live;
  throw new OAuthError("invalid_grant", "access_token is no token, or has ended.", { reason: "dead_token" });
}

/** Clients of this wire send no `client_id` here: it stands in the token. */
function readCredentials({ headers, parameters }: GrantRequest, bound: LiveToken): ClientCredentials {
  if (headers.has("authorization") || parameters.has("client_id")) {
    return readClientCredentials(headers, parameters);
  }
  const clientSecret = requireParameter(parameters, "client_secret");
  return { clientId: bound.claims.client_id, clientSecret, viaHeader: false };
}

/** A page's token is for the platform's own APIs, and an exchange does not widen it to another (RFC 8707). */
function requireOwnApis(resource: string | undefined, { issuer }: TokenDependencies): void {
  if (resource === undefined || resource === issuer) return;
  throw new OAuthError(
    "invalid_target",
    "strip_bound_session gives tokens for the platform's own APIs alone.",
    { reason: "other_resource" },
  );
}

/** Bounded, since every check of the new token looks up each of them. */
function ancestorsOf({ derived_from = [], jti }: AccessTokenClaims): readonly string[] {
  if (derived_from.length < maxTokenAncestors) return [jti, ...derived_from];
  throw new OAuthError(
    "invalid_grant",
    `access_token was made by ${maxTokenAncestors} exchanges in a row; exchange the token that the page was given.`,
    { reason: "too_many_exchanges" },
  );
}

function otherApp(): OAuthError {
  return new OAuthError("invalid_grant", "access_token was issued to another app.", { reason: "other_app" });
}
