import { AppStrategy, createClient } from "@latchkey/sdk";
import { products } from "@latchkey/sdk/stores";
import { type CurlAnswer, curl } from "./curl.ts";
import type { Demo } from "./demo.ts";
import { type HelloApp, startHelloApp } from "./hello-app.ts";
import type { Management } from "./management.ts";
import type { Narrator } from "./narrator.ts";

interface Scene {
  readonly url: string;
  readonly demo: Demo;
  /** Where a shell finds the credentials. */
  readonly credentialsFile: string;
  readonly management: Management;
  readonly narrator: Narrator;
}

interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: number;
}

interface ProductsAnswer {
  readonly products: readonly {
    readonly name: string;
    readonly priceData: { formatted: { price: string } };
  }[];
  readonly totalResults: number;
}

/** The main job, once, with every step shown: credentials, instance, token, API, removal, reinstall. */
export async function tellStory(scene: Scene): Promise<void> {
  introduce(scene);
  const app = await startHelloApp(scene.url, scene.demo);
  const instanceId = await learnInstance(scene, app);
  const token = await getToken(scene, instanceId);
  await queryByCurl(scene, token);
  await queryBySdk(scene);
  await removeAndReinstall(scene, { app, token });
}

function introduce({ credentialsFile, demo, narrator }: Scene): void {
  narrator.step({
    title: "An app has credentials",
    result: [
      `App ID       ${demo.appId}   (Hello App)`,
      `App secret   in ${credentialsFile}; the platform keeps it sealed and never shows it again`,
    ],
  });
}

/** The app is installed since the demonstration was made, and hears of it once more. */
async function learnInstance({ demo, management, narrator }: Scene, app: HelloApp): Promise<string> {
  await subscribe(management, { appId: demo.appId, url: app.url });
  const heard = app.next("AppInstalled");
  await management.call("POST", `/apps/${demo.appId}/backfill`, {});
  const { eventType, instanceId } = await heard;
  narrator.step({
    title: "It is installed on a site, and learns its instanceId from a signed webhook",
    command: `POST ${app.url}`,
    result: [`${eventType}  verified`, `instanceId   ${instanceId}   (Hello App on Demo Store)`],
  });
  return instanceId;
}

/** Points the app's webhooks to where it listens now. */
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

async function getToken({ demo, narrator, url }: Scene, instanceId: string): Promise<string> {
  const answer = await curl<TokenAnswer>({
    url: `${url}/oauth2/token`,
    headers: { "Content-Type": "application/json" },
    body: {
      grant_type: "client_credentials",
      client_id: demo.appId,
      client_secret: demo.appSecret,
      instance_id: instanceId,
    },
  });
  const body = expectStatus(200, answer);
  narrator.step({
    title: "The app exchanges them for an access token (curl)",
    command: tokenCommand,
    result: [
      `200  token_type ${body.token_type}, expires_in ${body.expires_in} (${body.expires_in / 3_600} hours)`,
      `the token says: ${tokenSummary(body.access_token)}`,
    ],
  });
  return body.access_token;
}

async function queryByCurl({ narrator, url }: Scene, token: string): Promise<void> {
  const body = expectStatus(200, await queryProducts(url, token));
  const shown = body.products.slice(0, 3).map((one) => `${one.name}  ${one.priceData.formatted.price}`);
  narrator.step({
    title: "It calls the API with the token, as it is, in Authorization (curl)",
    command: productsCommand,
    result: [`200  ${body.totalResults} products`, ...shown, "…"],
  });
}

async function queryBySdk({ demo, narrator, url }: Scene): Promise<void> {
  const { appId, appSecret, instanceId, publicKey } = demo;
  const client = createClient({
    apiUrl: url,
    auth: AppStrategy({ appId, appSecret, publicKey, instanceId }),
    modules: { products },
  });
  const { items } = await client.products.queryProducts().gt("price", 20).descending("price").limit(3).find();
  narrator.step({
    title: "The same with the SDK, which gets, keeps and renews tokens by itself",
    command: 'client.products.queryProducts().gt("price", 20).descending("price").limit(3).find()',
    result: items.map((item) => `${item.name}  ${item.priceData?.formatted?.price}`),
  });
}

async function removeAndReinstall(
  { demo, management, narrator, url }: Scene,
  { app, token }: { app: HelloApp; token: string },
): Promise<void> {
  const removed = app.next("AppRemoved");
  await management.call("DELETE", `/instances/${demo.instanceId}`);
  const dead = await queryProducts(url, token);
  expectStatus(401, dead);
  narrator.step({
    title: "The app is removed from the site: every token of the instance is invalid at once",
    command: `DELETE /admin/v1/instances/${demo.instanceId}`,
    result: [
      `${dead.status}  with the same token, in the very next request`,
      `the app heard: ${(await removed).eventType}`,
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
  narrator.step({
    title: "It is installed again: the same instanceId, and the old token stays invalid",
    command: `POST /admin/v1/sites/${demo.siteId}/instances`,
    result: [
      `instanceId ${instanceId === demo.instanceId ? "unchanged" : "CHANGED"}`,
      `${still.status}  with the old token`,
      `the app heard: ${(await installed).eventType}`,
    ],
  });
}

function queryProducts(url: string, token: string) {
  return curl<ProductsAnswer>({
    url: `${url}/stores/v1/products/query`,
    headers: { "Content-Type": "application/json", Authorization: token },
    body: {},
  });
}

/** Answers repeat nothing of what was sent, so that they may be shown. */
function expectStatus<Body>(status: number, answer: CurlAnswer<Body>): Body {
  if (answer.status === status) return answer.body;
  throw new Error(`The story expects ${status}, not ${answer.status}: ${JSON.stringify(answer.body)}`);
}

function tokenSummary(token: string): string {
  // The second part from the end, whichever way the app's tokens are spelled.
  const payload = Buffer.from(token.split(".").at(-2) ?? "", "base64url").toString();
  const claims = JSON.parse(payload) as Record<string, unknown>;
  return `instance_id ${String(claims.instance_id).slice(0, 8)}…, scope ${String(claims.scope)}`;
}

/** For copying into a shell that has read `.latchkey/demo.env`. */
const tokenCommand = `curl -X POST "$LATCHKEY_URL/oauth2/token" -H 'Content-Type: application/json' -d '{
  "grant_type": "client_credentials", "client_id": "'$APP_ID'",
  "client_secret": "'$APP_SECRET'", "instance_id": "'$INSTANCE_ID'" }'`;

const productsCommand = `curl -X POST "$LATCHKEY_URL/stores/v1/products/query" --data-binary '{}' \\
  -H 'Content-Type: application/json' -H "Authorization: $ACCESS_TOKEN"`;
