import { createManagement, type Management } from "@latchkey/server/dev";
import { appInstances } from "@wix/app-management";
import { AppStrategy, createClient } from "@wix/sdk";
import { collections, products } from "@wix/stores";

/** The modules whose functions are all tested. */
export const modules = { products, collections, appInstances };

/** The credentials of an app for one of its instances. */
export interface InstanceCredentials {
  readonly appId: string;
  readonly appSecret: string;
  readonly instanceId: string;
}

/** The fixture of the cases: the unchanged third-party client, and a platform with a shop. */
export interface Fixture {
  /** A client that can read and manage the products of the demo's shop. */
  readonly client: Connected;
  /** The credentials of `client`. */
  readonly demo: InstanceCredentials & { readonly siteId: string };
  readonly management: Management;
  connect(credentials: InstanceCredentials): Connected;
  /** Installs another app on the demo's site. */
  install(scopes?: readonly string[]): Promise<InstanceCredentials>;
  /** Returns the number of token requests so far. */
  tokenRequests(): number;
}

export type Connected = ReturnType<typeof connect>;

export const readScope = "SCOPE.DC-STORES.READ-PRODUCTS";
const manageScope = "SCOPE.DC-STORES.MANAGE-PRODUCTS";

function connect(credentials: InstanceCredentials) {
  return createClient({ auth: AppStrategy({ ...credentials }), modules });
}

/** Creates the fixture from the environment. */
export function openFixture(): Fixture {
  const { LATCHKEY_ADMIN_KEY, LATCHKEY_URL, APP_ID, APP_SECRET, INSTANCE_ID, SITE_ID } = process.env;
  const management = createManagement(LATCHKEY_URL ?? "", LATCHKEY_ADMIN_KEY ?? "");
  const siteId = SITE_ID ?? "";
  const demo = { appId: APP_ID ?? "", appSecret: APP_SECRET ?? "", instanceId: INSTANCE_ID ?? "", siteId };
  const count = countTokenRequests();
  return {
    client: connect(demo),
    demo,
    management,
    connect,
    async install(scopes = [readScope, manageScope]) {
      const app = await management.call<{ appId: string; secret: { value: string } }>("POST", "/apps", {
        name: "Another App",
        scopes,
      });
      const { appId } = app;
      const { instanceId } = await management.call<{ instanceId: string }>(
        "POST",
        `/sites/${siteId}/instances`,
        { appId },
      );
      return { appId, appSecret: app.secret.value, instanceId };
    },
    tokenRequests: () => count.requests,
  };
}

/** Counts the token requests of the third-party client through its `fetch`. */
function countTokenRequests(): { readonly requests: number } {
  const count = { requests: 0 };
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    if (/\/oauth2\/token$|\/oauth\/access$/.test(String(input))) count.requests += 1;
    return fetch(input, init);
  };
  return count;
}
