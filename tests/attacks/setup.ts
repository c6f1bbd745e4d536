import { requestToken } from "@latchkey/test-support/request-token";
import { uncheckedFlags } from "../../tools/test/responses/child-process.ts";
import type { Connection } from "../crash/workload.ts";

/** An app with one instance. */
export interface InstalledApp {
  readonly appId: string;
  readonly secret: string;
  readonly siteId: string;
  readonly instanceId: string;
}

/** What the attackers have: two apps with their stores, and limited API keys. */
export interface Attackers {
  readonly url: string;
  /** Its store has 40 products of 300 variants, and it has an endpoint for plugin calls and 100 webhooks. */
  readonly app: InstalledApp;
  /** Its store has products with long descriptions. */
  readonly second: InstalledApp;
  readonly appsKey: string;
  readonly pluginsKey: string;
  /** Plugin types with a schema that takes exponential time; empty when the server refused both. */
  readonly expensiveTypes: readonly string[];
}

export type Post = (path: string, body: object) => Promise<Record<string, unknown>>;

/** Calls the management API. Throws for any status but 200. */
export function postTo(connection: Connection): Post {
  return async (path, body) => {
    const response = await connection.call("POST", `/admin/v1${path}`, { body });
    if (response.status !== 200) {
      throw new Error(`POST ${path}: ${response.status} ${JSON.stringify(response.body)}`);
    }
    return response.body;
  };
}

/** Creates an app and a site, and installs the app there. */
export async function installApp(post: Post, scope: string): Promise<InstalledApp> {
  const app = (await post("/apps", { name: scope, scopes: [scope] })) as {
    appId: string;
    secret: { value: string };
  };
  const { siteId } = (await post("/sites", { name: scope })) as { siteId: string };
  const { instanceId } = (await post(`/sites/${siteId}/instances`, { appId: app.appId })) as {
    instanceId: string;
  };
  return { appId: app.appId, secret: app.secret.value, siteId, instanceId };
}

/** Creates products, eight at a time. Throws for any status but 200. */
export async function createProducts(
  { app, url }: { app: InstalledApp; url: string },
  count: number,
  product: (index: number) => object,
): Promise<void> {
  const authorization = await requestToken(url, app);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const response = await fetch(`${url}/stores/v1/products`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify({ product: product(index) }),
      });
      const text = await response.text();
      if (response.status !== 200) throw new Error(`A product: ${response.status} ${text.slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

/** Flags of a measured server. The heap is limited as in the systemd unit; otherwise V8 keeps garbage of more than 400 MiB. */
export const serverFlags: readonly string[] = [...uncheckedFlags(), "--max-old-space-size=512"];

const manageProducts = "SCOPE.DC-STORES.MANAGE-PRODUCTS";
const method = { name: "ask", path: "/ask", timeoutMs: 2_000 };

/** A text pattern and a `$ref` graph that take exponential time. */
const expensiveSchemas = {
  ATTACK_PATTERN: { type: "object", properties: { text: { type: "string", pattern: "^(a|a)*$" } } },
  ATTACK_REFERENCES: { ...referenceGraph(24), type: "object" },
};

/** Creates what the attackers have. `endpoint` is their own server. */
export async function createAttackers(
  { connection, url }: { connection: Connection; url: string },
  endpoint: string,
): Promise<Attackers> {
  const post = postTo(connection);
  const [app, second] = [await installApp(post, manageProducts), await installApp(post, manageProducts)];
  await createProducts({ app, url }, 40, (index) => ({ ...simpleProduct(index), ...options(300) }));
  await createProducts({ app: second, url }, 400, (index) => ({
    ...simpleProduct(index),
    description: "lorem ipsum ".repeat(650),
  }));
  for (let count = 0; count < 100; count += 1) {
    await post(`/apps/${app.appId}/webhooks`, {
      eventType: "com.wix.ecommerce.catalog.api.v1.ProductChanged",
      url: `${endpoint}/webhooks/${count}`,
    });
  }
  const keyWith = async (scopes: string[]): Promise<string> =>
    String((await post("/api-keys", { name: scopes.join(), scopes })).value);
  const expensiveTypes: string[] = [];
  for (const [componentType, requestSchema] of Object.entries(expensiveSchemas)) {
    const path = `/admin/v1/service-plugin-types/${componentType}`;
    const { status } = await connection.call("PUT", path, {
      body: { methods: [{ ...method, requestSchema }] },
    });
    if (status === 200) expensiveTypes.push(componentType);
  }
  const plugin = "ATTACK_PLUGIN";
  await connection.call("PUT", `/admin/v1/service-plugin-types/${plugin}`, { body: { methods: [method] } });
  for (const componentType of [plugin, ...expensiveTypes]) {
    await post(`/apps/${app.appId}/extensions`, {
      kind: "SERVICE_PLUGIN",
      componentType,
      baseUri: `${endpoint}/plugin`,
    });
  }
  return {
    url,
    app,
    second,
    appsKey: await keyWith(["apps:write"]),
    pluginsKey: await keyWith(["service-plugins:write", "service-plugins:call"]),
    expensiveTypes,
  };
}

export function simpleProduct(index: number): object {
  return { name: `Product ${index}`, productType: "physical", priceData: { price: 5 + index } };
}

/** Options with `count` variants. */
export function options(count: number): object {
  const choices = Array.from({ length: count / 10 }, (_, index) => ({
    value: `c${index}`,
    description: `c${index}`,
  }));
  const tens = Array.from({ length: 10 }, (_, index) => ({ value: `s${index}`, description: `s${index}` }));
  return {
    manageVariants: true,
    productOptions: [
      { name: "Color", choices },
      { name: "Size", choices: tens },
    ],
  };
}

/** A schema whose references double at each step. */
function referenceGraph(depth: number): object {
  const definitions: Record<string, object> = { s0: { type: "object" } };
  for (let step = 1; step <= depth; step += 1) {
    const reference = { $ref: `#/definitions/s${step - 1}` };
    definitions[`s${step}`] = { allOf: [reference, reference] };
  }
  return { definitions, allOf: [{ $ref: `#/definitions/s${depth}` }] };
}
