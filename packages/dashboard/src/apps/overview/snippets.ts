/** The same step with the SDK and with curl. */
export interface Snippets {
  readonly sdk: string;
  readonly curl: string;
}

interface Known {
  /** The origin of the platform. */
  readonly url: string;
  readonly appId: string;
  /** Absent for an app that is not installed. */
  readonly instanceId: string | undefined;
}

/** Code for the steps of an app. It contains no secret. */
export function snippetsFor({ appId, instanceId = "", url }: Known): {
  readonly install: Snippets;
  readonly token: Snippets;
} {
  return {
    install: {
      sdk: `import { createApp } from "@latchkey/sdk";

const app = createApp({
  appId: "${appId}",
  appSecret: process.env.APP_SECRET,
  publicKey: process.env.APP_PUBLIC_KEY,
});
app.webhooks.on("AppInstalled", async ({ instanceId }) => console.log(instanceId));`,
      curl: `curl -X POST "${url}/admin/v1/sites/$SITE_ID/instances" \\
  -H "Authorization: Bearer $LATCHKEY_ADMIN_KEY" \\
  -H 'Content-Type: application/json' \\
  -d '{"appId":"${appId}"}'`,
    },
    token: {
      sdk: `import { AppStrategy, createClient } from "@latchkey/sdk";

const client = createClient({
  apiUrl: "${url}",
  auth: AppStrategy({
    appId: "${appId}",
    appSecret: process.env.APP_SECRET,
    instanceId: "${instanceId}",
  }),
});`,
      curl: `curl "${url}/oauth2/token" \\
  -d grant_type=client_credentials \\
  -d client_id=${appId} \\
  -d "client_secret=$APP_SECRET" \\
  -d instance_id=${instanceId}`,
    },
  };
}
