import type { Connection } from "./workload.ts";

/** Apps, their webhooks and sites; created once through the API. */
export interface DeliverySetup {
  readonly apps: readonly SubscribedApp[];
  /** Sites that have every app throughout the test. */
  readonly stableSites: readonly string[];
  /** Sites on which the first app is installed and removed again and again. */
  readonly busySites: readonly string[];
}

interface SubscribedApp {
  readonly appId: string;
  readonly secret: string;
  /** The instance on the first stable site. */
  readonly instanceId: string;
  readonly subscriptions: readonly Subscription[];
}

/** The event type that an endpoint receives. */
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

/** Registers apps, sites, instances and webhooks. */
export async function createDeliverySetup(
  connection: Connection,
  receiverUrl: string,
): Promise<DeliverySetup> {
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await connection.call("POST", `/admin/v1${path}`, { body });
    if (response.status !== 200)
      throw new Error(`POST ${path}: ${response.status} ${JSON.stringify(response.body)}`);
    return response.body;
  };
  await post("/event-types", { eventType: ownType, description: "Something of our own" });
  const makeSites = async (count: number, name: string): Promise<string[]> => {
    const siteIds: string[] = [];
    for (let n = 0; n < count; n += 1)
      siteIds.push(String((await post("/sites", { name: `${name} ${n}` })).siteId));
    return siteIds;
  };
  const [stableSites, busySites] = [await makeSites(3, "Stable"), await makeSites(3, "Busy")];
  const apps: SubscribedApp[] = [];
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
