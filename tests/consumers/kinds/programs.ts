import { equal, match } from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { managementCaller } from "@latchkey/test-support/management-client";
import { freePort } from "../../../tools/free-port.ts";
import type { Consumer } from "../harness/consumer.ts";
import type { Project } from "../harness/project.ts";

/** Programs on Node: an app as ECMAScript module, one with Express as CommonJS, and the command `latchkey dev`. */
export const programs: readonly Consumer[] = [
  {
    name: "script",
    files: "tests/consumers/projects/portable",
    uses: "sdk",
    onNode: true,
    async run(project) {
      equal(await project.node("main.mjs"), "Mug\n");
    },
  },
  {
    name: "both copies",
    files: "tests/consumers/projects/both-copies",
    uses: "sdk",
    onNode: true,
    async run(project) {
      equal(await project.node("main.mjs"), `${Array.from({ length: 12 }, () => true).join()}\n`);
    },
  },
  {
    name: "Express",
    files: "tests/consumers/projects/express",
    uses: "sdk",
    onNode: true,
    run: receiveWebhook,
  },
  { name: "latchkey dev", uses: "server", onNode: true, run: startInEmptyFolder },
];

/** The app of the folder receives a webhook, and calls the API for the instance. */
async function receiveWebhook(project: Project): Promise<void> {
  const { appId, platform } = project.shop;
  const served = await project.serve({ args: ["app.cjs"] });
  const url = `http://127.0.0.1:${served.firstLine}`;
  equal(await (await fetch(`${url}/health`)).text(), "ok");
  const manage = managementCaller(platform);
  const body = { eventType: "AppInstalled", url: `${url}/webhooks` };
  const created = await manage(`POST /apps/${appId}/webhooks`, { body });
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId, siteId });
  await platform.settled();
  match(served.output(), new RegExp(`installed ${instanceId} 0\n`));
  await manage(`DELETE /apps/${appId}/webhooks/${created.body.webhookId}`);
  await served.stop();
}

/** Starts a platform with its demo in the folder, as `npx latchkey dev` does. */
async function startInEmptyFolder(project: Project): Promise<void> {
  project.write("package.json", '{ "devDependencies": { "@latchkey/stores": "0.0.0" } }');
  const port = String(await freePort());
  const served = await project.serve({
    args: ["node_modules/.bin/latchkey", "dev"],
    variables: { PORT: port },
  });
  await served.prints("It keeps serving. Stop it with Ctrl-C.\n");
  equal(served.firstLine, `Latchkey is ready on http://127.0.0.1:${port}`);
  const file = join(project.directory, ".latchkey/demo.env");
  equal(statSync(file).mode & 0o777, 0o600);
  const { APP_ID, APP_SECRET, INSTANCE_ID, LATCHKEY_URL } = parseEnv(readFileSync(file, "utf8"));
  const parameters = {
    grant_type: "client_credentials",
    client_id: `${APP_ID}`,
    instance_id: `${INSTANCE_ID}`,
  };
  const token = await fetch(`${LATCHKEY_URL}/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams({ ...parameters, client_secret: `${APP_SECRET}` }),
  });
  const { access_token } = (await token.json()) as { access_token: string };
  const response = await fetch(`${LATCHKEY_URL}/stores/v1/products/query`, {
    method: "POST",
    headers: { authorization: access_token, "content-type": "application/json" },
    body: "{}",
  });
  equal(((await response.json()) as { totalResults: number }).totalResults, 22);
  equal((await fetch(`${LATCHKEY_URL}/dashboard/`)).status, 200);
  equal(await served.stop(), 0);
}
