import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createManagement, type DemoEnv, type Management, readDemoEnv } from "@latchkey/server/dev";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "../free-port.ts";
import { childFlags } from "../test/responses/child-process.ts";

let directory: string;
let port: number;
let child: ChildProcess;
let output: string;
let env: DemoEnv;
let management: Management;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "latchkey-start-log-"));
  port = await freePort();
});
afterEach(async () => {
  await stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Runs `npm start` until it has printed `text`. */
async function start(text = "start again with: npm start\n", ...args: string[]): Promise<void> {
  const main = join(import.meta.dirname, "main.ts");
  child = spawn(process.execPath, [...childFlags(), main, ...args], {
    cwd: directory,
    env: { PATH: process.env.PATH, PORT: String(port) },
  });
  output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (more: string) => {
      output += more;
    });
  }
  await printed(text);
  env = readDemoEnv(join(directory, ".latchkey/demo.env"));
  management = createManagement(env.LATCHKEY_URL ?? "", env.LATCHKEY_ADMIN_KEY ?? "");
}

async function stop(): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "close");
}

const printed = (text: string | RegExp) =>
  expect.poll(() => output, { timeout: 60_000 }).toMatch(typeof text === "string" ? new RegExp(text) : text);

const post = (path: string, body: string | URLSearchParams, headers: Record<string, string> = {}) =>
  fetch(env.LATCHKEY_URL + path, { method: "POST", body, headers });

test("npm start prints refused requests and deliveries in words, without secrets (FR-D7)", async () => {
  await start();
  const { APP_ID = "", APP_SECRET = "", INSTANCE_ID = "", LATCHKEY_ADMIN_KEY = "" } = env;
  const refused = await post(
    "/oauth2/token",
    new URLSearchParams({
      ...{ grant_type: "client_credentials", client_id: APP_ID, instance_id: INSTANCE_ID },
      client_secret: "wrong",
    }),
  );
  const requestId = refused.headers.get("x-request-id");
  await printed(
    `\n\\S+  POST /oauth2/token  401  \\d+ ms  wrong secret: The client is unknown or its secret is wrong\\.  app ${APP_ID}  request ${requestId}\n`,
  );
  await post("/stores/v1/products/query", "{}", { authorization: APP_SECRET });
  await printed(
    /\n\S+ {2}POST \/stores\/v1\/products\/query {2}401 {2}\d+ ms {2}malformed: .* {2}request \S+\n/,
  );

  const endpoint = createServer((_, response) => {
    response.writeHead(401, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: "invalid_delivery", reason: "wrong_issuer" }));
  });
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/hook`;
  await management.call("POST", `/apps/${APP_ID}/webhooks`, {
    eventType: "AppInstalled",
    url: `${url}?key=hidden`,
  });
  await management.call("POST", `/apps/${APP_ID}/backfill`, {});
  await printed(
    `\n\\S+  AppInstalled -> ${url}  401  \\d+ ms  wrong issuer: The endpoint responded with 401; only 200 counts under this policy\\.  next attempt in 60 s  app ${APP_ID}  delivery \\S+\n`,
  );
  endpoint.close();
  for (const hidden of [APP_SECRET, LATCHKEY_ADMIN_KEY, "hidden", '{"level"'])
    expect(output).not.toContain(hidden);
});

test("webhooks of old samples print nothing among the steps; after they failed, the next start removes them (FR-D7)", async () => {
  await start();
  const webhooks = `/apps/${env.APP_ID}/webhooks`;
  const url = `http://127.0.0.1:${await freePort()}`;
  const subscribe = (eventType: string) =>
    management.call<{ webhookId: string }>("POST", webhooks, { eventType, url: `${url}/hook` });
  const failed = await subscribe("AppInstalled");
  const unused = await subscribe("AppRemoved");
  await management.call("POST", `/apps/${env.APP_ID}/backfill`, {});
  await expect
    .poll(() => management.call("GET", `${webhooks}/${failed.webhookId}`), { timeout: 60_000 })
    .toMatchObject({ state: "failing" });
  await stop();

  await start();
  await printed(`warn  AppRemoved -> ${url.slice(7)}  connect  \\d+ ms  The connection was refused`);
  const [steps, after] = output.split("start again with: npm start\n");
  expect(steps).not.toContain("warn");
  expect(after).toContain(
    `warn  The webhook AppInstalled -> ${url}/hook is removed: nothing listens there. Create it again with your app.\n`,
  );
  const { items } = await management.call<{ items: { webhookId: string }[] }>("GET", webhooks);
  const ids = items.map((one) => one.webhookId);
  expect(ids).toContain(unused.webhookId);
  expect(ids).not.toContain(failed.webhookId);
});

test("npm start -- --json prints nothing but JSON", async () => {
  await start('"ready":', "--json");
  await post("/oauth2/token", "{}");
  await stop();
  for (const line of output.trim().split("\n")) expect(() => JSON.parse(line)).not.toThrow();
});
