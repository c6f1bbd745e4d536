import type { TestPlatform } from "../index.ts";

/** An app that uses the legacy flow, installed on a site. */
export interface LegacyApp {
  readonly appId: string;
  readonly siteId: string;
  readonly instanceId: string;
  readonly redirectUrl: string;
  readonly client: { readonly client_id: string; readonly client_secret: string };
  /** Creates a code through the route for development. */
  code(more?: { codeChallenge?: string }): Promise<string>;
  /** POSTs to an OAuth endpoint with the credentials of the app. */
  ask(path: string, parameters: object): Promise<{ status: number; body: Record<string, unknown> }>;
  /** Exchanges a new code for tokens. */
  tokens(): Promise<{ access_token: string; refresh_token: string }>;
}

/** Creates an app that uses the legacy flow, and installs it on a new site. */
export async function createLegacyApp(
  platform: Pick<TestPlatform, "url" | "adminKey" | "createApp" | "createSite" | "install">,
): Promise<LegacyApp> {
  const redirectUrl = "https://app.example/callback";
  const legacy = { appUrl: "https://app.example/start", redirectUrls: [redirectUrl] };
  const { appId, secret } = await platform.createApp({ legacy });
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId, siteId });
  const client = { client_id: appId, client_secret: secret.value };

  async function post(path: string, body: object, headers: Record<string, string> = {}) {
    const response = await fetch(platform.url + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
  const app: LegacyApp = {
    ...{ appId, siteId, instanceId, redirectUrl, client },
    async code(more = {}) {
      const authorization = `Bearer ${platform.adminKey}`;
      const { body } = await post(
        "/admin/v1/dev/codes",
        { instanceId, redirectUrl, ...more },
        { authorization },
      );
      return String(body.code);
    },
    ask: (path, parameters) => post(path, { ...client, ...parameters }),
    async tokens() {
      const grant = { grant_type: "authorization_code", code: await app.code() };
      const { body } = await app.ask("/oauth/access", grant);
      return { access_token: String(body.access_token), refresh_token: String(body.refresh_token) };
    },
  };
  return app;
}
