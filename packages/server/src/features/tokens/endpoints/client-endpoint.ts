import type { Endpoint } from "../../../infrastructure/http/index.ts";
import {
  type Client,
  checkClient,
  lookupId,
  readClientCredentials,
  requireCredentials,
} from "../request/client-authentication.ts";
import { readTokenParameters, requireParameter } from "../request/token-parameters.ts";
import type { TokenSources } from "../token-sources.ts";

/** An endpoint at which an authenticated client asks about one token. */
export function clientEndpoint(
  sources: TokenSources,
  answer: (client: Client, token: string) => Promise<Response>,
): Endpoint {
  return async (request) => {
    const parameters = await readTokenParameters(request);
    const client = await authenticate(sources, request.headers, parameters);
    return await answer(client, requireParameter(parameters, "token"));
  };
}

async function authenticate(
  sources: TokenSources,
  headers: Headers,
  parameters: Awaited<ReturnType<typeof readTokenParameters>>,
): Promise<Client> {
  requireCredentials(headers, parameters);
  const credentials = readClientCredentials(headers, parameters);
  const digests = sources.vault.digests(credentials.clientSecret);
  const stored = await sources.store.readClient({ appId: lookupId(credentials), digests });
  return checkClient(stored, { credentials, digests }, sources.clock.now());
}
