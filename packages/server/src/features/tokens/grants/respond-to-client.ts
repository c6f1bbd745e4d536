import {
  type AuthenticatedClient,
  type ClientCredentials,
  checkClient,
  lookupId,
} from "../request/client-authentication.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import type { MintRow } from "../tokens.queries.ts";
import type { GrantRequest } from "./grant.ts";

interface ClientRequest extends Pick<GrantRequest, "exchange"> {
  readonly credentials: ClientCredentials;
  readonly instanceId: string;
}

/**
 * Authenticates the client of a token request, then calls `respond`, which checks the instance and mints.
 *
 * @param respond gets the row of client and instance, and the time in epoch milliseconds
 */
export async function respondToClient<Response>(
  deps: TokenDependencies,
  { credentials, exchange, instanceId }: ClientRequest,
  respond: (row: AuthenticatedClient<MintRow>, now: number) => Promise<Response>,
): Promise<Response> {
  const digests = deps.vault.digests(credentials.clientSecret);
  const now = deps.clock.now();
  const row = await deps.queries.readMint({ appId: lookupId(credentials), digests, instanceId, now });
  checkClient(deps, row, { credentials, digests, exchange });
  exchange.caller = { appId: row.app_id, instanceId };
  return await respond(row, now);
}
