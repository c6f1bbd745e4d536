import { canonicalGuid } from "@latchkey/protocol";
import { OAuthError } from "../../../infrastructure/errors/index.ts";
import { resourceIdentifier } from "../../../infrastructure/routes/index.ts";
import { type Minting, mint } from "../mint.ts";
import { checkClient, lookupId, readClientCredentials } from "../request/client-authentication.ts";
import { requireParameter, type TokenParameters } from "../request/token-parameters.ts";
import { grantedScope } from "../scope.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import type { Grant, GrantRequest, TokenAnswer } from "./grant.ts";
import { checkInstance } from "./installed-instance.ts";
import { noteRefusal } from "./note-refusal.ts";

/** An app proves itself with its secret and names one of its instances (RFC 6749 §4.4, with `instance_id`). */
export const clientCredentials: Grant = { type: "client_credentials", handle };

async function handle(request: GrantRequest, deps: TokenDependencies): Promise<TokenAnswer> {
  const { parameters } = request;
  const credentials = readClientCredentials(request.headers, parameters);
  const instanceId = readInstanceId(parameters);
  const appId = lookupId(credentials);
  const digests = deps.vault.digests(credentials.clientSecret);
  const now = deps.clock.now();
  const row = await deps.store.readMint({ appId, digests, instanceId, now });
  try {
    const client = checkClient(row, { credentials, digests }, now);
    const instance = checkInstance(row);
    const scope = grantedScope(parameters.get("scope"), instance.grantedScopes);
    const resource = parameters.get("resource");
    const target = resource === undefined ? ownApis(deps) : await findTarget(deps, { resource, scope });
    const scopeAsked = parameters.has("scope");
    return await mint(deps, { ...instance, ...client, ...target, scope, scopeAsked, now });
  } catch (error) {
    noteRefusal(error, request, { usage: deps.usage, row, instanceId, now });
    throw error;
  }
}

function readInstanceId(parameters: TokenParameters): string {
  const instanceId = canonicalGuid(requireParameter(parameters, "instance_id"));
  if (instanceId === undefined) throw new OAuthError("invalid_request", "instance_id is not a GUID.");
  return instanceId;
}

/** What a token is for. */
type Target = Pick<Minting, "audience" | "permissions">;

function ownApis(deps: TokenDependencies): Target {
  return { audience: deps.issuer };
}

/** RFC 8707: one API, under the very identifier by which it is registered. Only who has proved itself learns of it. */
async function findTarget(
  deps: TokenDependencies,
  { resource, scope }: { resource: string; scope: string },
): Promise<Target> {
  if (resource === deps.issuer) return ownApis(deps);
  const wellFormed = resourceIdentifier.safeParse(resource).success;
  if (!wellFormed || !(await deps.store.hasResource(resource))) {
    throw new OAuthError("invalid_target", "There is no such resource on this platform.", {
      reason: "unknown_resource",
    });
  }
  return { audience: resource, permissions: await deps.store.permissionsOf(scope.split(" ")) };
}
