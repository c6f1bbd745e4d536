import { AppStrategy, createClient } from "@latchkey/sdk";
import { products } from "@latchkey/sdk/stores";
import { type CurlAnswer, curl } from "./curl.ts";
import type { Demo } from "./demo.ts";
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
  const token = await getToken(scene);
  await queryByCurl(scene, token);
  await queryBySdk(scene);
  await removeAndReinstall(scene, token);
}

function introduce({ credentialsFile, demo, narrator }: Scene): void {
  narrator.step({
    title: "An app has credentials, and an instance on a site",
    result: [
      `App ID       ${demo.appId}   (Hello App)`,
      `App secret   in ${credentialsFile}; the platform keeps it sealed and never shows it again`,
      `instanceId   ${demo.instanceId}   (Hello App on Demo Store)`,
    ],
  });
}

async function getToken({ demo, narrator, url }: Scene): Promise<string> {
  const answer = await curl<TokenAnswer>({
    url: `${url}/oauth2/token`,
    headers: { "Content-Type": "application/json" },
    body: {
      grant_type: "client_credentials",
      client_id: demo.appId,
      client_secret: demo.appSecret,
      instance_id: demo.instanceId,
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

async function removeAndReinstall({ demo, management, narrator, url }: Scene, token: string): Promise<void> {
  await management.call("DELETE", `/instances/${demo.instanceId}`);
  const dead = await queryProducts(url, token);
  expectStatus(401, dead);
  narrator.step({
    title: "The app is removed from the site: every token of the instance is dead at once",
    command: `DELETE /admin/v1/instances/${demo.instanceId}`,
    result: [`${dead.status}  with the same token, in the very next request`],
  });
  const again = { appId: demo.appId };
  const { instanceId } = await management.call<{ instanceId: string }>(
    "POST",
    `/sites/${demo.siteId}/instances`,
    again,
  );
  const still = await queryProducts(url, token);
  expectStatus(401, still);
  narrator.step({
    title: "It is installed again: the same instanceId, and the old token stays dead",
    command: `POST /admin/v1/sites/${demo.siteId}/instances`,
    result: [
      `instanceId ${instanceId === demo.instanceId ? "unchanged" : "CHANGED"}`,
      `${still.status}  with the old token`,
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
