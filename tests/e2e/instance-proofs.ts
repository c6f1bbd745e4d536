import { importInstanceKey, readInstanceParameter } from "@latchkey/protocol";
import type { TestPlatform } from "@latchkey/server/testing";

interface App {
  readonly appId: string;
  readonly secret: string;
}

/** Requests an access token of an instance, as its app does. */
export async function requestToken({ url }: TestPlatform, instanceId: string, { appId, secret }: App) {
  const grant_type = "client_credentials";
  const fields = { grant_type, client_id: appId, client_secret: secret, instance_id: instanceId };
  const response = await fetch(`${url}/oauth2/token`, { method: "POST", body: new URLSearchParams(fields) });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

/** What token-info says about a token. */
export async function isActive({ url }: TestPlatform, token: string | undefined): Promise<boolean> {
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify({ token }) };
  const info = await (await fetch(`${url}/oauth2/token-info`, init)).json();
  return (info as { active: boolean }).active;
}

/** The signed instance parameter in the address of a page, as its app verifies it. */
export async function readPerson({ clock }: TestPlatform, url: URL | undefined, secret: string) {
  const keys = [await importInstanceKey(secret)];
  return await readInstanceParameter(url?.searchParams.get("instance") ?? "", { keys, now: clock.now() });
}
