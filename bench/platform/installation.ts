import type { Platform } from "./platform.ts";

/** An app on a site, ready to ask for tokens. */
export interface Installation {
  readonly appId: string;
  readonly appSecret: string;
  readonly siteId: string;
  readonly instanceId: string;
}

const productScopes = ["SCOPE.DC-STORES.READ-PRODUCTS", "SCOPE.DC-STORES.MANAGE-PRODUCTS"];

/** Registers an app and a site through the management API and installs one on the other. */
export async function installApp(
  platform: Platform,
  scopes: readonly string[] = productScopes,
): Promise<Installation> {
  const app = await platform.manage<{ appId: string; secret: { value: string } }>("/apps", {
    name: "Benchmark",
    scopes,
  });
  const site = await platform.manage<{ siteId: string }>("/sites", { name: "Benchmark" });
  const instance = await platform.manage<{ instanceId: string }>(`/sites/${site.siteId}/instances`, {
    appId: app.appId,
    grant: scopes,
  });
  return {
    appId: app.appId,
    appSecret: app.secret.value,
    siteId: site.siteId,
    instanceId: instance.instanceId,
  };
}

/** The JSON that asks for a token. */
export function tokenRequestOf(installation: Omit<Installation, "siteId">): string {
  return JSON.stringify({
    instance_id: installation.instanceId,
    client_id: installation.appId,
    client_secret: installation.appSecret,
    grant_type: "client_credentials",
  });
}

/** Gets one token. */
export async function mintToken(platform: Platform, installation: Installation): Promise<string> {
  const response = await fetch(`${platform.url}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: tokenRequestOf(installation),
  });
  if (response.status !== 200) throw new Error(`The token endpoint answered ${response.status}.`);
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}
