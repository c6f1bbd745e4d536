import type { TestPlatform } from "@latchkey/server/testing";
import { requestToken } from "./request-token.ts";

/** An access token of a new app that is installed on the site with one scope. */
export async function tokenWith(platform: TestPlatform, scope: string, siteId: string): Promise<string> {
  const app = await platform.createApp({ scopes: [scope] });
  const { instanceId } = await platform.install({ appId: app.appId, siteId, grant: [scope] });
  return await requestToken(platform.url, { appId: app.appId, secret: app.secret.value, instanceId });
}
