import { canonicalGuid } from "@latchkey/protocol";
import { OAuthError } from "../../../infrastructure/errors/index.ts";
import { resourceIdentifier } from "../../../infrastructure/routes/index.ts";
import { mint, type TokenOptions } from "../mint.ts";
import { readClientCredentials } from "../request/client-authentication.ts";
import { requireParameter, type TokenParameters } from "../request/token-parameters.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import { scopeOfNewToken } from "../token-scopes.ts";
import { checkInstance } from "./check-instance.ts";
import type { GrantRequest, TokenResponse } from "./grant.ts";
import { respondToClient } from "./respond-to-client.ts";

/** An app requests a token for one of its instances with its secret (RFC 6749 §4.4, with `instance_id`). */
export async function clientCredentials(
  { exchange, headers, parameters }: GrantRequest,
  deps: TokenDependencies,
): Promise<TokenResponse> {
  const credentials = readClientCredentials(headers, parameters);
  const instanceId = readInstanceId(parameters);
  return await respondToClient(deps, { credentials, exchange, instanceId }, async (row, now) => {
    checkInstance(row);
    const scope = scopeOfNewToken(parameters.get("scope"), row.granted_scopes);
    const target = await targetOf(parameters.get("resource"), scope, deps);
    return await mint(deps, row, { ...target, scope, scopeRequested: parameters.has("scope"), now });
  });
}

function readInstanceId(parameters: TokenParameters): string {
  const instanceId = canonicalGuid(requireParameter(parameters, "instance_id"));
  if (instanceId === undefined) {
    const advice =
      "Send the instanceId that the app got with AppInstalled or in a page's instance parameter.";
    throw new OAuthError("invalid_request", `instance_id is not a GUID. ${advice}`);
  }
  return instanceId;
}

/** Returns the audience of a new token: the platform's own APIs, or the registered `resource` (RFC 8707). */
async function targetOf(
  resource: string | undefined,
  scope: string,
  { issuer, queries }: TokenDependencies,
): Promise<Pick<TokenOptions, "audience" | "permissions">> {
  if (resource === undefined || resource === issuer) return { audience: issuer };
  const wellFormed = resourceIdentifier.safeParse(resource).success;
  if (!wellFormed || !(await queries.hasResource(resource))) {
    throw new OAuthError("invalid_target", "There is no such resource on this platform.", {
      reason: "unknown_resource",
    });
  }
  return { audience: resource, permissions: await queries.permissionsOf(scope.split(" ")) };
}
