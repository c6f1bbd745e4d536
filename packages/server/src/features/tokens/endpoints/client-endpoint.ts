import type { Endpoint } from "../../../infrastructure/http/index.ts";
import {
  type Client,
  checkClient,
  lookupId,
  readClientCredentials,
  requireCredentials,
} from "../request/client-authentication.ts";
import { readTokenParameters, requireParameter } from "../request/token-parameters.ts";
import type { TokenDependencies } from "../token-dependencies.ts";

/** An endpoint at which an authenticated client asks about one token. */
export function clientEndpoint(
  deps: TokenDependencies,
  answer: (client: Client, token: string) => Promise<Response>,
): Endpoint {
  return async (request) => {
    const parameters = await readTokenParameters(request);
    const client = await authenticate(deps, request.headers, parameters);
    return await answer(client, requireParameter(parameters, "token"));
  };
}

async function authenticate(
  deps: TokenDependencies,
  headers: Headers,
  parameters: Awaited<ReturnType<typeof readTokenParameters>>,
): Promise<Client> {
  requireCredentials(headers, parameters);
  const credentials = readClientCredentials(headers, parameters);
  const digests = deps.vault.digests(credentials.clientSecret);
  const stored = await deps.store.readClient({ appId: lookupId(credentials), digests });
  return checkClient(stored, { credentials, digests }, deps.clock.now());
}
