import { createTestPlatform, type TestPlatform, type TestPlatformOptions } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";

/** A response with its body. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests compare it whole
  readonly body: any;
}

/** The parameters of a token request. */
export interface Credentials {
  readonly appId: string;
  readonly secret: string;
  readonly instanceId: string;
}

/** A platform with an app on a site. */
export interface Target extends Credentials {
  readonly platform: TestPlatform;
  readonly url: string;
  readonly secretId: string;
  readonly siteId: string;
}

export const readProducts = "SCOPE.DC-STORES.READ-PRODUCTS";
export const manageProducts = "SCOPE.DC-STORES.MANAGE-PRODUCTS";

/** Starts a platform and installs an app on a site. */
export async function createTarget(options: TestPlatformOptions = {}): Promise<Target> {
  const platform = await createTestPlatform({ resources: [stores], now: 1_767_323_045_678, ...options });
  return { platform, url: platform.url, ...(await installApp(platform)) };
}

/** Registers another app and installs it. Default site: a new one. */
export async function installApp(platform: TestPlatform, place: { siteId?: string } = {}) {
  const app = await platform.createApp({
    scopes: [
      { scopeId: readProducts, optional: true },
      { scopeId: manageProducts, optional: true },
    ],
  });
  const siteId = place.siteId ?? (await platform.createSite()).siteId;
  const { instanceId } = await platform.install({ appId: app.appId, siteId, grant: [readProducts] });
  return { appId: app.appId, secret: app.secret.value, secretId: app.secret.secretId, siteId, instanceId };
}

type Parameters = Readonly<Record<string, unknown>>;

/** The parameters of a valid token request; `changes` replace them, undefined removes one. */
export function tokenParameters(client: Credentials, changes: Parameters = {}): Record<string, unknown> {
  const good = {
    grant_type: "client_credentials",
    client_id: client.appId,
    client_secret: client.secret,
    instance_id: client.instanceId,
  };
  return { ...good, ...changes };
}

/** POSTs an object as JSON, `URLSearchParams` as a form, and text unchanged. */
export function post(
  address: string,
  body: object | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const json = typeof body === "object" && !(body instanceof URLSearchParams);
  const type = json ? { "content-type": "application/json" } : {};
  const content = json ? JSON.stringify(body) : (body as string | URLSearchParams);
  return call(address, { method: "POST", headers: { ...type, ...headers }, body: content });
}

/** Sends a request and reads the response. */
export async function call(address: string, init: RequestInit = {}): Promise<Reply> {
  const { headers, status, ...response } = await read(await fetch(address, { redirect: "manual", ...init }));
  return { status, headers, ...response };
}

async function read(response: Response): Promise<Reply> {
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  return { status: response.status, headers: response.headers, text, body };
}

/** Requests a token as JSON. */
export function askToken(
  target: Pick<Target, "url"> & Credentials,
  changes: Parameters = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  return post(`${target.url}/oauth2/token`, tokenParameters(target, changes), headers);
}

/** Requests a token; fails the test without one. */
export async function mint(
  target: Pick<Target, "url"> & Credentials,
  changes: Parameters = {},
): Promise<string> {
  const { body, status, text } = await askToken(target, changes);
  if (status !== 200) throw new Error(`No token: ${status} ${text}`);
  return body.access_token;
}

/** The token-info response for a token. */
export async function tokenInfo(
  target: Pick<Target, "url">,
  token: string,
): Promise<Record<string, unknown>> {
  const { body, status, text } = await post(`${target.url}/oauth2/token-info`, { token });
  if (status !== 200) throw new Error(`token-info failed: ${status} ${text}`);
  return body;
}

/** Calls an API that needs a token, with this `Authorization`. */
export function callApi(target: Pick<Target, "url">, authorization?: string): Promise<Reply> {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  return call(`${target.url}/apps/v1/instance`, { headers });
}

/** HTTP Basic (RFC 6749 §2.3.1). */
export function basic(id: string, secret: string): { authorization: string } {
  const pair = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** Sends a token to an endpoint for authenticated clients. */
export function askAbout(
  target: Pick<Target, "url"> & Credentials,
  endpoint: "introspect" | "revoke",
  parameters: { readonly token: string; readonly token_type_hint?: string },
): Promise<Reply> {
  const form = new URLSearchParams({ ...parameters });
  return post(`${target.url}/oauth2/${endpoint}`, form, basic(target.appId, target.secret));
}
