import { AppStrategy, createClient } from "@latchkey/sdk";
import { products } from "@latchkey/sdk/stores";
import type { Demo, Management, ShellCommands } from "@latchkey/server/dev";
import { type CurlResponse, curl } from "./curl.ts";
import { type HelloApp, startHelloApp } from "./hello-app.ts";
import type { Output } from "./output.ts";

interface Context {
  readonly url: string;
  readonly demo: Demo;
  /** The file that a shell reads the credentials from. */
  readonly credentialsFile: string;
  readonly management: Management;
  /** The commands that the steps show. */
  readonly commands: ShellCommands;
  readonly output: Output;
}

interface TokenResponse {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: number;
}

interface ProductsResponse {
  readonly products: readonly {
    readonly name: string;
    readonly priceData: { formatted: { price: string } };
  }[];
  readonly totalResults: number;
}

/** Runs and prints every step once: credentials, instance, token, API, removal, reinstall. */
export async function runWalkthrough(context: Context): Promise<void> {
  introduce(context);
  const app = await startHelloApp(context.url, context.demo);
  const instanceId = await learnInstance(context, app);
  const token = await getToken(context, instanceId);
  await queryByCurl(context, token);
  await queryBySdk(context);
  await removeAndReinstall(context, { app, token });
}

function introduce({ credentialsFile, demo, output }: Context): void {
  output.step({
    title: "An app has credentials",
    result: [
      `App ID       ${demo.appId}   (Hello App)`,
      `App secret   in ${credentialsFile}; the platform stores it encrypted and never shows it again`,
    ],
  });
}

/** The app is installed already; a backfill sends it AppInstalled again. */
async function learnInstance({ demo, management, output }: Context, app: HelloApp): Promise<string> {
  await subscribe(management, { appId: demo.appId, url: app.url });
  await extend(management, { appId: demo.appId, url: app.url });
  const received = app.next("AppInstalled");
  await management.call("POST", `/apps/${demo.appId}/backfill`, {});
  const { eventType, instanceId } = await received;
  output.step({
    title: "It is installed on a site, and learns its instanceId from a signed webhook",
    command: `POST ${app.url}`,
    result: [`${eventType}  verified`, `instanceId   ${instanceId}   (Hello App on Demo Store)`],
  });
  return instanceId;
}

/** Subscribes the app at its current address. */
async function subscribe(
  management: Management,
  { appId, url }: { appId: string; url: string },
): Promise<void> {
  const webhooks = `/apps/${appId}/webhooks`;
  const { items } = await management.call<{
    items: readonly { webhookId: string; eventType: string; url: string }[];
  }>("GET", webhooks);
  for (const eventType of ["AppInstalled", "AppRemoved"]) {
    const known = items.find(
      (one) => one.eventType === eventType && new URL(one.url).pathname === "/hello-app",
    );
    if (known === undefined) await management.call("POST", webhooks, { eventType, url });
    else await management.call("PATCH", `${webhooks}/${known.webhookId}`, { url });
  }
}

interface Extension {
  readonly extensionId: string;
  readonly kind: string;
  readonly url: string | null;
  readonly baseUri: string | null;
}

/** Gives the app a page and a service plugin at its current address, unless it has others of these kinds. */
async function extend(management: Management, { appId, url }: { appId: string; url: string }): Promise<void> {
  const extensions = `/apps/${appId}/extensions`;
  const { items } = await management.call<{ items: readonly Extension[] }>("GET", extensions);
  const wanted = [
    { kind: "IFRAME_PAGE", address: { url: `${url}/page` } },
    {
      kind: "SERVICE_PLUGIN",
      componentType: "ECOM_SHIPPING_RATES",
      address: { baseUri: `${url}/plugins` },
    },
  ];
  for (const { address, ...extension } of wanted) {
    const known = items.find(({ kind }) => kind === extension.kind);
    if (known === undefined) await management.call("POST", extensions, { ...extension, ...address });
    else if (new URL(known.url ?? known.baseUri ?? url).pathname.startsWith("/hello-app"))
      await management.call("PATCH", `${extensions}/${known.extensionId}`, address);
  }
}

async function getToken({ commands, demo, output, url }: Context, instanceId: string): Promise<string> {
  const response = await curl<TokenResponse>({
    url: `${url}/oauth2/token`,
    headers: { "Content-Type": "application/json" },
    body: {
      grant_type: "client_credentials",
      client_id: demo.appId,
      client_secret: demo.appSecret,
      instance_id: instanceId,
    },
  });
  const body = expectStatus(200, response);
  output.step({
    title: `The app exchanges them for an access token (${commands.client})`,
    command: commands.requestToken,
    result: [
      `200  token_type ${body.token_type}, expires_in ${body.expires_in} (${body.expires_in / 3_600} hours)`,
      `the token says: ${tokenSummary(body.access_token)}`,
    ],
  });
  return body.access_token;
}

async function queryByCurl({ commands, output, url }: Context, token: string): Promise<void> {
  const body = expectStatus(200, await queryProducts(url, token));
  const shown = body.products.slice(0, 3).map((one) => `${one.name}  ${one.priceData.formatted.price}`);
  output.step({
    title: `It calls the API with the token, as it is, in Authorization (${commands.client})`,
    command: commands.queryProducts,
    result: [`200  ${body.totalResults} products`, ...shown, "…"],
  });
}

async function queryBySdk({ demo, output, url }: Context): Promise<void> {
  const { appId, appSecret, instanceId, publicKey } = demo;
  const client = createClient({
    apiUrl: url,
    auth: AppStrategy({ appId, appSecret, publicKey, instanceId }),
    modules: { products },
  });
  const { items } = await client.products.queryProducts().gt("price", 20).descending("price").limit(3).find();
  output.step({
    title: "The same with the SDK, which gets, caches and renews tokens",
    command: 'client.products.queryProducts().gt("price", 20).descending("price").limit(3).find()',
    result: items.map((item) => `${item.name}  ${item.priceData?.formatted?.price}`),
  });
}

async function removeAndReinstall(
  { demo, management, output, url }: Context,
  { app, token }: { app: HelloApp; token: string },
): Promise<void> {
  const removed = app.next("AppRemoved");
  await management.call("DELETE", `/instances/${demo.instanceId}`);
  const dead = await queryProducts(url, token);
  expectStatus(401, dead);
  output.step({
    title: "The app is removed from the site: every token of the instance is invalid at once",
    command: `DELETE /admin/v1/instances/${demo.instanceId}`,
    result: [
      `${dead.status}  with the same token, in the very next request`,
      `the app received: ${(await removed).eventType}`,
    ],
  });
  const again = { appId: demo.appId };
  const installed = app.next("AppInstalled");
  const { instanceId } = await management.call<{ instanceId: string }>(
    "POST",
    `/sites/${demo.siteId}/instances`,
    again,
  );
  const still = await queryProducts(url, token);
  expectStatus(401, still);
  output.step({
    title: "It is installed again: the same instanceId, and the old token stays invalid",
    command: `POST /admin/v1/sites/${demo.siteId}/instances`,
    result: [
      `instanceId ${instanceId === demo.instanceId ? "unchanged" : "CHANGED"}`,
      `${still.status}  with the old token`,
      `the app received: ${(await installed).eventType}`,
    ],
  });
}

function queryProducts(url: string, token: string) {
  return curl<ProductsResponse>({
    url: `${url}/stores/v1/products/query`,
    headers: { "Content-Type": "application/json", Authorization: token },
    body: {},
  });
}

/** Responses contain nothing of the request, so that an error may show them. */
function expectStatus<Body>(status: number, response: CurlResponse<Body>): Body {
  if (response.status === status) return response.body;
  throw new Error(
    `The walkthrough expects ${status}, not ${response.status}: ${JSON.stringify(response.body)}`,
  );
}

function tokenSummary(token: string): string {
  // The payload is the second part from the end, in both token formats.
  const payload = Buffer.from(token.split(".").at(-2) ?? "", "base64url").toString();
  const claims = JSON.parse(payload) as Record<string, unknown>;
  return `instance_id ${String(claims.instance_id).slice(0, 8)}…, scope ${String(claims.scope)}`;
}
