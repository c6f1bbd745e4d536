import type { Platform } from "./platform.ts";

/** An app that is installed on a site, with its credentials. */
export interface InstalledApp {
  readonly appId: string;
  readonly appSecret: string;
  readonly siteId: string;
  readonly instanceId: string;
}

const productScopes = ["SCOPE.DC-STORES.READ-PRODUCTS", "SCOPE.DC-STORES.MANAGE-PRODUCTS"];

/** Registers an app and a site through the management API and installs the app on the site. */
export async function installApp(
  platform: Platform,
  scopes: readonly string[] = productScopes,
): Promise<InstalledApp> {
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

/** The body of a token request; `resource` is the audience of the token. */
export function tokenRequestOf(installed: Omit<InstalledApp, "siteId">, resource?: string): string {
  return JSON.stringify({
    instance_id: installed.instanceId,
    client_id: installed.appId,
    client_secret: installed.appSecret,
    grant_type: "client_credentials",
    resource,
  });
}

/** Gets one token. */
export async function mintToken(
  platform: Platform,
  installed: InstalledApp,
  resource?: string,
): Promise<string> {
  const response = await fetch(`${platform.url}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: tokenRequestOf(installed, resource),
  });
  if (response.status !== 200) throw new Error(`The token endpoint returned ${response.status}.`);
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}

/** Gets `count` tokens, 50 at a time. */
export async function mintTokens(
  platform: Platform,
  installed: InstalledApp,
  { count, resource }: { count: number; resource?: string },
): Promise<string[]> {
  const tokens: string[] = [];
  while (tokens.length < count) {
    const requests = Array.from({ length: 50 }, () => mintToken(platform, installed, resource));
    tokens.push(...(await Promise.all(requests)));
  }
  return tokens;
}
