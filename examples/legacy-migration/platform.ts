import type { Credentials } from "./site-name.ts";

const redirectUrl = "http://127.0.0.1:4600/callback";

/** What the operator of the platform and the owners of its sites do. */
export interface ExamplePlatform {
  createLegacyApp(): Promise<Credentials>;
  install(app: Credentials, siteName: string): Promise<{ siteId: string; instanceId: string }>;
  /** The owner approves the app. Returns the URL to which the platform sends the owner, with a code. */
  approve(instanceId: string, state: string): Promise<string>;
  remove(instanceId: string): Promise<void>;
  /** Copies a site, and returns the app's instance on the copy. */
  copy(siteId: string, app: Credentials): Promise<string>;
}

/** Calls the management API. */
export function createPlatform(url: string, adminKey: string): ExamplePlatform {
  async function call<Body>(method: string, path: string, body?: object): Promise<Body> {
    const response = await fetch(`${url}/admin/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.status !== 200) throw new Error(`${method} ${path} returned ${response.status}.`);
    return (await response.json()) as Body;
  }
  return {
    async createLegacyApp() {
      const legacy = { appUrl: "http://127.0.0.1:4600/", redirectUrls: [redirectUrl] };
      const app = await call<{ appId: string; secret: { value: string } }>("POST", "/apps", {
        name: "Legacy App",
        legacy,
      });
      return { appId: app.appId, appSecret: app.secret.value };
    },
    async install({ appId }, name) {
      const { siteId } = await call<{ siteId: string }>("POST", "/sites", { name });
      return await call("POST", `/sites/${siteId}/instances`, { appId });
    },
    async approve(instanceId, state) {
      const sent = { instanceId, redirectUrl, state };
      return (await call<{ callbackUrl: string }>("POST", "/dev/codes", sent)).callbackUrl;
    },
    async remove(instanceId) {
      await call("DELETE", `/instances/${instanceId}`);
    },
    async copy(siteId, { appId }) {
      const copy = await call<{ siteId: string; name: string }>("POST", `/sites/${siteId}/copy`, {});
      await call("PATCH", `/sites/${copy.siteId}`, { name: `Copy of ${copy.name}` });
      // The copy gets its instances in steps.
      for (let attempt = 0; attempt < 100; attempt += 1) {
        const list = `/sites/${copy.siteId}/instances`;
        const { items } = await call<{ items: { appId: string; instanceId: string }[] }>("GET", list);
        const found = items.find((instance) => instance.appId === appId);
        if (found !== undefined) return found.instanceId;
      }
      throw new Error("The copy of the site has no instance of the app.");
    },
  };
}
