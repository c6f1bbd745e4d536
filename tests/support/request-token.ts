/** An app with an instance to act as. */
export interface TokenClient {
  readonly appId: string;
  readonly secret: string;
  readonly instanceId: string;
}

/** Requests an access token. Throws for any status but 200. */
export async function requestToken(url: string, client: TokenClient): Promise<string> {
  const response = await fetch(`${url}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      grant_type: "client_credentials",
      client_id: client.appId,
      client_secret: client.secret,
      instance_id: client.instanceId,
    }),
  });
  const body = (await response.json()) as { access_token: string };
  if (response.status !== 200) throw new Error(`A token request: ${response.status} ${JSON.stringify(body)}`);
  return body.access_token;
}
