import type { Connection } from "./workload.ts";

/** Who is subscribed to what, and where; made once, through the API. */
export interface World {
  readonly apps: readonly WorldApp[];
  /** Sites on which every app stays installed. */
  readonly stableSites: readonly string[];
  /** Sites on which the first app comes and goes. */
  readonly busySites: readonly string[];
}

interface WorldApp {
  readonly appId: string;
  readonly secret: string;
  /** The first stable site's instance. */
  readonly instanceId: string;
  readonly subscriptions: readonly Subscription[];
}

/** What one endpoint is to hear. */
export interface Subscription {
  readonly eventType: string;
  readonly path: string;
}

export const ownType = "own.happened";
export const productCreated = "com.wix.ecommerce.catalog.api.v1.ProductCreated";

const plans: readonly (readonly Subscription[])[] = [
  [
    { eventType: "AppInstalled", path: "/good/0/installed" },
    { eventType: "AppRemoved", path: "/fails/0/removed" },
    { eventType: ownType, path: "/good/0/own" },
    { eventType: ownType, path: "/fails/0/own" },
    { eventType: productCreated, path: "/slow/0/product" },
  ],
  [
    { eventType: ownType, path: "/stalls/1/own" },
    { eventType: ownType, path: "/resets/1/own" },
    { eventType: productCreated, path: "/fails/1/product" },
  ],
];

/** Registers apps, sites, installations and subscriptions. */
export async function makeWorld(connection: Connection, receiverUrl: string): Promise<World> {
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await connection.call("POST", `/admin/v1${path}`, { body });
    if (answer.status !== 200)
      throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  await post("/event-types", { eventType: ownType, description: "Something of our own" });
  const makeSites = async (count: number, name: string): Promise<string[]> => {
    const made: string[] = [];
    for (let n = 0; n < count; n += 1)
      made.push(String((await post("/sites", { name: `${name} ${n}` })).siteId));
    return made;
  };
  const [stableSites, busySites] = [await makeSites(3, "Stable"), await makeSites(3, "Busy")];
  const apps: WorldApp[] = [];
  for (const subscriptions of plans) {
    const app = await post("/apps", { name: "App", scopes: ["SCOPE.DC-STORES.MANAGE-PRODUCTS"] });
    const { appId, secret } = app as { appId: string; secret: { value: string } };
    for (const { eventType, path } of subscriptions) {
      await post(`/apps/${appId}/webhooks`, { eventType, url: receiverUrl + path });
    }
    const instances: string[] = [];
    for (const siteId of stableSites) {
      instances.push(String((await post(`/sites/${siteId}/instances`, { appId })).instanceId));
    }
    apps.push({ appId, secret: secret.value, instanceId: instances[0] ?? "", subscriptions });
  }
  return { apps, stableSites, busySites };
}
