import { apiKeyPrefix, canonicalGuid } from "@latchkey/protocol";
import { ApiError, OAuthError } from "../../../infrastructure/errors/index.ts";
import { type Exchange, readAuthorization } from "../../../infrastructure/http/index.ts";
import type { Authenticate } from "../../../infrastructure/management/index.ts";
import { checkToken, type TokenCheck } from "../check-token.ts";
import {
  type ClientCredentials,
  requireCredentials,
  wrongCredentials,
} from "../request/client-authentication.ts";
import { requireParameter, type TokenParameters } from "../request/token-parameters.ts";
import type { TokenDependencies } from "../token-dependencies.ts";

/** An API key as the credential of a resource. */
export interface ResourceKey {
  readonly value: string;
  /** Id of the key, or identifier of the resource. Absent with `Authorization: Bearer`. */
  readonly clientId?: string;
  readonly scheme: "bearer" | "basic" | "post";
}

/** Returns the API key of a request, or the credentials of an app. Throws `invalid_client`. */
export function readResourceKey(
  headers: Headers,
  parameters: TokenParameters,
): ResourceKey | ClientCredentials {
  const authorization = readAuthorization(headers);
  if (authorization?.scheme === "bearer") return { value: authorization.value, scheme: "bearer" };
  const credentials = requireCredentials(headers, parameters);
  const { clientId, clientSecret, viaHeader } = credentials;
  if (!clientSecret.startsWith(apiKeyPrefix)) return credentials;
  return { value: clientSecret, clientId, scheme: viaHeader ? "basic" : "post" };
}

/** Authenticates the server of a resource, and checks a token for the resource. Throws `invalid_client`. */
export async function checkForResource(
  deps: TokenDependencies,
  call: ResourceCall & { authenticate: Authenticate; parameters: TokenParameters },
): Promise<TokenCheck> {
  const principal = await call.authenticate(call, call.key.value).catch((error: unknown) => {
    throw error instanceof ApiError && error.status === 401 ? noResourceKey(deps, call) : error;
  });
  const { name, resource, scopes } = principal;
  const { clientId } = call.key;
  const hasId = clientId === undefined || clientId === resource || `key:${canonicalGuid(clientId)}` === name;
  const mayIntrospect = scopes !== "all" && scopes.has("tokens:introspect");
  if (resource === undefined || !mayIntrospect || !hasId) throw noResourceKey(deps, call);
  return await checkToken(deps, requireParameter(call.parameters, "token"), { audience: resource });
}

interface ResourceCall {
  readonly exchange: Exchange;
  readonly request: Request;
  readonly key: ResourceKey;
}

/** Counts the failure, and returns `invalid_client` (RFC 7662 §2.1). */
function noResourceKey(
  { failedAuthentications }: TokenDependencies,
  { exchange, key: { clientId = "", scheme } }: ResourceCall,
): OAuthError {
  const retryAfter = failedAuthentications.count(canonicalGuid(clientId) ?? "", exchange);
  const reason = "no_resource_key";
  if (scheme !== "bearer" || retryAfter !== undefined) {
    return wrongCredentials({ viaHeader: scheme === "basic" }, { reason, retryAfter });
  }
  return new OAuthError(
    "invalid_client",
    "Authenticate with an API key that has the scope tokens:introspect and is bound to a resource.",
    { headers: { "www-authenticate": 'Bearer error="invalid_token"' }, reason },
  );
}
