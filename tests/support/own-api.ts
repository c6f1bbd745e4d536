import type { TestPlatform } from "@latchkey/server/testing";
import { managementCaller } from "./management-client.ts";

/** An API of the platform owner, with an app that may only read its bookings. */
export interface OwnApi {
  /** Its registered identifier. */
  readonly audience: string;
  /** The key for the introspection of its tokens. */
  readonly apiKey: string;
  readonly appId: string;
  readonly secret: string;
  readonly instanceId: string;
  readonly siteId: string;
  /** Requests a token for it; `changes` replace parameters, undefined removes one. */
  askToken(changes?: Readonly<Record<string, unknown>>): Promise<TokenReply>;
  /** Requests a token for it; fails the test without one. */
  mint(changes?: Readonly<Record<string, unknown>>): Promise<string>;
}

interface TokenReply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export const readBookings = "BOOKINGS.READ";
export const manageBookings = "BOOKINGS.MANAGE";
export const readScope = "SCOPE.BOOKINGS.READ";
export const manageScope = "SCOPE.BOOKINGS.MANAGE";

/** Registers the permissions and scopes of the test APIs. */
export async function createBookingScopes(platform: TestPlatform): Promise<void> {
  const call = managementCaller(platform);
  await call("POST /permissions", { body: { permissionId: readBookings, description: "Read bookings" } });
  await call("POST /permissions", { body: { permissionId: manageBookings, description: "Change bookings" } });
  const permissions = [readBookings, manageBookings];
  await call("POST /scopes", { body: { scopeId: readScope, name: "Read", permissions: [readBookings] } });
  await call("POST /scopes", { body: { scopeId: manageScope, name: "Manage", permissions } });
}

/** Registers an API, a key for it, and an app on a new site. Its scopes must exist. */
export async function createOwnApi(platform: TestPlatform, audience: string): Promise<OwnApi> {
  const call = managementCaller(platform);
  const resource = await call("POST /resources", { body: { identifier: audience, name: "Bookings" } });
  const scopes = ["tokens:introspect"];
  const key = await call("POST /api-keys", { body: { name: "Bookings", scopes, resource: audience } });
  if (resource.status !== 200 || key.status !== 200) throw new Error(`No API: ${resource.text} ${key.text}`);
  const app = await platform.createApp({
    scopes: [
      { scopeId: readScope, optional: true },
      { scopeId: manageScope, optional: true },
    ],
  });
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId: app.appId, siteId, grant: [readScope] });
  const secret = app.secret.value;
  const askToken: OwnApi["askToken"] = async (changes = {}) => {
    const response = await fetch(`${platform.url}/oauth2/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        grant_type: "client_credentials",
        client_id: app.appId,
        client_secret: secret,
        instance_id: instanceId,
        resource: audience,
        ...changes,
      }),
    });
    return { status: response.status, body: (await response.json()) as TokenReply["body"] };
  };
  return {
    ...{ audience, apiKey: key.body.value, appId: app.appId, secret, instanceId, siteId, askToken },
    async mint(changes) {
      const { body, status } = await askToken(changes);
      if (status !== 200) throw new Error(`No token: ${status} ${JSON.stringify(body)}`);
      return String(body.access_token);
    },
  };
}
