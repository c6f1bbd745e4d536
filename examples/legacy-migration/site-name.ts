import type { AuthenticatedFetch } from "@latchkey/sdk";

/** App ID and App secret. */
export interface Credentials {
  readonly appId: string;
  readonly appSecret: string;
}

/** Asks the API which site a client acts on. */
export async function nameOfSite(client: AuthenticatedFetch): Promise<string> {
  const response = await client.fetchWithAuth("/apps/v1/instance");
  const { site } = (await response.json()) as { site: { siteDisplayName: string } };
  return site.siteDisplayName;
}
