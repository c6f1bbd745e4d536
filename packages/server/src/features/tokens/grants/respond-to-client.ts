import { OAuthError } from "../../../infrastructure/errors/index.ts";
import { type ClientCredentials, checkClient, lookupId } from "../request/client-authentication.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import type { MintRow } from "../tokens.queries.ts";
import type { GrantRequest, TokenResponse } from "./grant.ts";

interface ClientRequest extends Pick<GrantRequest, "exchange"> {
  readonly credentials: ClientCredentials;
  readonly instanceId: string;
}

/**
 * Authenticates the client of a token request, then calls `respond`, which checks the instance and mints. The reason for
 * an OAuth error is recorded in the token log of the app; unknown apps have none.
 *
 * @param respond gets the row of client and instance, and the time in epoch milliseconds
 */
export async function respondToClient(
  deps: TokenDependencies,
  { credentials, exchange, instanceId }: ClientRequest,
  respond: (row: MintRow, now: number) => Promise<TokenResponse>,
): Promise<TokenResponse> {
  const digests = deps.vault.digests(credentials.clientSecret);
  const now = deps.clock.now();
  const row = await deps.queries.readMint({ appId: lookupId(credentials), digests, instanceId, now });
  try {
    checkClient(row, { credentials, digests }, now);
    return await respond(row, now);
  } catch (error) {
    if (error instanceof OAuthError && row.app_id !== null) {
      deps.usage.refused({
        request_id: exchange.requestId,
        app_id: row.app_id,
        instance_id: instanceId,
        reason: error.reason,
        occurred_at: now,
      });
    }
    throw error;
  }
}
