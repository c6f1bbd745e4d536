import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
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

interface Start {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `npm start` until it has printed `text`. */
async function start(
  text = "start again with: npm start\n",
  { args = [], env: more }: Start = {},
): Promise<void> {
  const main = join(import.meta.dirname, "main.ts");
  child = spawn(process.execPath, [...childFlags(), main, ...args], {
    cwd: directory,
    env: { PATH: process.env.PATH, PORT: String(port), ...more },
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

/** Starts an endpoint and returns its URL. */
async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const post = (path: string, body: string | URLSearchParams, headers: Record<string, string> = {}) =>
  fetch(env.LATCHKEY_URL + path, { method: "POST", body, headers });

test("npm start prints requests and deliveries in words, without secrets, and calls itself without the proxy of the shell (FR-D7)", async () => {
  let proxied = 0;
  const proxy = createServer((_, response) => {
    proxied += 1;
    response.writeHead(502).end();
  });
  const HTTP_PROXY = await listen(proxy);
  await start(undefined, { env: { HTTP_PROXY, NODE_USE_ENV_PROXY: "1" } });
  proxy.close();
  expect(proxied).toBe(0);
  expect(output).toContain(
    '\nProxy        HTTP_PROXY is set. Keep requests to 127.0.0.1 out of it: export NO_PROXY="127.0.0.1,$NO_PROXY"\n',
  );
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

  await fetch(`${env.LATCHKEY_URL}/nothing/${APP_SECRET}?key=hidden`);
  await printed(/\n\S+ {2}GET \/nothing\/… {2}404 {2}\d+ ms {2}This path is not served here .*\n/);

  const endpoint = createServer((_, response) => {
    response.writeHead(401, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: "invalid_delivery", reason: "wrong_issuer", got: APP_SECRET }));
  });
  const url = `${await listen(endpoint)}/hook`;
  await management.call("POST", `/apps/${APP_ID}/webhooks`, {
    eventType: "AppInstalled",
    url: `${url}?key=hidden`,
  });
  await management.call("POST", `/apps/${APP_ID}/backfill`, {});
  await printed(`\n\\S+  POST /admin/v1/apps/${APP_ID}/backfill  200  \\d+ ms\n`);
  const body = '{"error":"invalid_delivery","reason":"wrong_issuer","got":"…"}';
  await printed(
    `\n\\S+  AppInstalled -> ${url}  401  \\d+ ms  wrong issuer: The endpoint responded with 401; only 200 counts under this policy\\.  body ${body}  next attempt in 60 s  app ${APP_ID}  delivery \\S+\n`,
  );
  endpoint.close();

  await management.call("POST", "/dev/clock", { advance: "4h" });
  await printed(
    /\n\S+ {2}the clock was moved: it shows \S+; POST \/admin\/v1\/dev\/clock \{"reset":true\} sets it back {2}clock \+4h\n/,
  );
  await printed(/\n\S+ {2}POST \/admin\/v1\/dev\/clock {2}200 {2}\d+ ms {2}clock \+4h\n/);
  await management.call("POST", "/dev/clock", { reset: true });
  await printed(/ the clock was moved: it shows the time of the machine again, \S+ {2}clock \+0s\n/);
  await printed(/\n\S+ {2}POST \/admin\/v1\/dev\/clock {2}200 {2}\d+ ms\n/);
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
  await management.call("POST", "/dev/clock", { advance: "30d" });
  await management.call("POST", `/apps/${env.APP_ID}/backfill`, {});
  await expect
    .poll(() => management.call("GET", `${webhooks}/${failed.webhookId}`), { timeout: 60_000 })
    .toMatchObject({ state: "failing" });
  await stop();

  await start(undefined, { args: ["--shell", "powershell"] });
  expect(output).toMatch(
    /\nClock {8}the time of this machine; an earlier run moved it, so some deliveries are dated up to \d{4}-\S+Z\n/,
  );
  expect(output).toContain("\n    $env:ACCESS_TOKEN = (Invoke-RestMethod ");
  expect(output).not.toContain("curl");
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

test("FR-D §5: npm start -- --json prints nothing but JSON; --quiet prints no steps and no requests", async () => {
  await start('"ready":', { args: ["--json"] });
  await post("/oauth2/token", "{}");
  await printed('"msg":"request"');
  await stop();
  const lines = output.trim().split("\n");
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(entries.filter(({ step }) => step !== undefined)).toHaveLength(7);
  expect(entries).toContainEqual(
    expect.objectContaining({ msg: "request", route: "POST /oauth2/token", status: 415 }),
  );

  await start("Clock .*\n", { args: ["--quiet"] });
  await post("/oauth2/token", "{}");
  await stop();
  expect(output).toMatch(
    /^\nLatchkey is ready on \S+ \(\d+ ms\)\n\nDashboard .*\nAPI .*\n(\w+ {2}.*\n){4,5}Clock .*\n\n$/,
  );
});
