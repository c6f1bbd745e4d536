import type { TestPlatform } from "@latchkey/server/testing";

/** An access token of a new app that is installed on the site with one scope. */
export async function tokenWith(platform: TestPlatform, scope: string, siteId: string): Promise<string> {
  const app = await platform.createApp({ scopes: [scope] });
  const { instanceId } = await platform.install({ appId: app.appId, siteId, grant: [scope] });
  const response = await fetch(`${platform.url}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      grant_type: "client_credentials",
      client_id: app.appId,
      client_secret: app.secret.value,
      instance_id: instanceId,
    }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}
