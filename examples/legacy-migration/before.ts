import { AppStrategy, createClient } from "@latchkey/sdk";
import { type Credentials, nameOfSite } from "./site-name.ts";

/** What the app stores for a site before the migration. */
export interface ConnectedSite {
  readonly name: string;
  readonly refreshToken: string;
}

/** The callback of the app: exchanges the code for a refresh token. */
export async function connectSite(
  app: Credentials,
  callbackUrl: string,
  state: string,
): Promise<ConnectedSite> {
  const client = createClient({ auth: AppStrategy(app) });
  const { refreshToken } = await client.auth.handleOAuthCallback(callbackUrl, { state });
  return { name: await nameOfSite(client), refreshToken };
}

/** Calls the API with a refresh token. */
export async function callBefore(app: Credentials, { refreshToken }: ConnectedSite): Promise<string> {
  return await nameOfSite(createClient({ auth: AppStrategy({ ...app, refreshToken }) }));
}
