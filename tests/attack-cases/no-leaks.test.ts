import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { managementCaller } from "@latchkey/test-support/management-client";
import { type ServerProcess, startServer } from "@latchkey/test-support/server-process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rawRequest, sendRaw } from "./raw-http.ts";
import { askAbout, askToken, basic, type Credentials, call, callApi, post, type Reply } from "./target.ts";

// A process with full logging receives every kind of secret, in valid and invalid requests. No secret may appear outside
// the response that returns it.
let server: ServerProcess;
let target: Credentials & { url: string };
let token: string;
let apiKey: string;
const canary = "canary-that-nobody-may-see";
const replies: Reply[] = [];

beforeAll(async () => {
  server = await startServer({
    ...{ LATCHKEY_ENV: "development", LATCHKEY_LOG_LEVEL: "debug", LATCHKEY_LOG_FORMAT: "json" },
  });
  const manage = managementCaller(server);
  const app = await manage("POST /apps", {
    body: { name: "App", scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] },
  });
  const site = await manage("POST /sites", { body: { name: "Site" } });
  const { appId } = app.body;
  const instance = await manage(`POST /sites/${site.body.siteId}/instances`, { body: { appId } });
  const key = await manage("POST /api-keys", { body: { name: "Key", scopes: ["apps:read"] } });
  apiKey = String(key.body.value);
  const { value } = app.body.secret as { value: string };
  target = { url: server.url, appId, secret: value, instanceId: instance.body.instanceId };
  token = (await askToken(target)).body.access_token;
  await useWell();
  await useBadly();
  await useKeysBadly();
});
afterAll(() => server.stop());

async function useWell(): Promise<void> {
  replies.push(
    await post(`${server.url}/oauth2/token-info`, { token }),
    await askAbout(target, "introspect", { token }),
    await callApi(target, token),
    await callApi(target, `Bearer ${token}`),
    await askAbout(target, "revoke", { token: (await askToken(target)).body.access_token }),
    await call(`${server.url}/metrics`),
    await call(`${server.url}/openapi.json`),
  );
}

async function useBadly(): Promise<void> {
  const address = `${server.url}/oauth2/token`;
  const json = { "content-type": "application/json" };
  replies.push(
    await askToken(target, { client_secret: canary }),
    await askToken(target, { client_id: canary }),
    await askToken(target, { instance_id: canary }),
    await askToken(target, { grant_type: canary }),
    await askToken(target, { scope: canary }),
    await askToken(target, { resource: canary }),
    await askToken(target, { client_secret: [target.secret] }),
    await askToken(target, {}, basic(target.appId, target.secret)),
    await askToken(target, {}, { authorization: `Basic ${canary}` }),
    await askToken(target, {}, { authorization: `Bearer ${token}` }),
    await askToken(target, {}, { "user-agent": canary, "x-request-id": canary, "content-encoding": canary }),
    await post(address, `{"client_secret":"${target.secret}",`, json),
    await post(address, `client_secret=${target.secret}&client_secret=${canary}`, json),
    await post(address, target.secret, { "content-type": canary }),
    await post(address, target.secret.repeat(2_000), json),
    await post(`${address}?client_secret=${target.secret}&token=${token}`, {}),
    await post(`${server.url}/oauth2/${canary}`, { token }),
    await post(`${server.url}/oauth2/token-info`, { token: canary }),
    await post(`${server.url}/oauth2/introspect`, { token }),
    await callApi(target, token.slice(0, -4)),
    await callApi(target, `${token}${canary}`),
    await post(`${server.url}/stores/v1/products/query`, `{"${canary}`, { authorization: token, ...json }),
    await post(
      `${server.url}/stores/v1/products/query`,
      { query: { filter: canary } },
      { authorization: token },
    ),
  );
  await sendRaw(server.url, rawRequest(server.url, `GET /${canary}`, { headers: { [canary]: "x y" } }));
  await sendRaw(server.url, `${canary} ${token}\r\n\r\n`);
}

async function useKeysBadly(): Promise<void> {
  const manage = (key: string, path: string, body: unknown) =>
    post(`${server.url}/admin/v1${path}`, body as object, { authorization: `Bearer ${key}` });
  replies.push(
    await manage(canary, "/apps", { name: "x" }),
    await manage(apiKey, "/apps", { name: canary, scopes: [canary] }),
    await manage(server.adminKey, "/apps", { [canary]: canary }),
    await manage(server.adminKey, `/apps/${canary}/secrets`, { name: "x" }),
    await manage(server.adminKey, "/sites", { name: 1, externalId: { canary } }),
    await manage(`${server.adminKey}x`, "/sites", { name: "x" }),
    await call(`${server.url}/admin/v1/apps?cursor=${canary}&limit=${canary}`, {
      headers: { authorization: `Bearer ${server.adminKey}` },
    }),
    await call(`${server.url}/admin/v1/api-keys`, {
      headers: { authorization: `Bearer ${server.adminKey}` },
    }),
    await call(`${server.url}/admin/v1/apps/${target.appId}/secrets`, {
      headers: { authorization: `Bearer ${server.adminKey}` },
    }),
  );
}

function secrets(): string[] {
  const inHeader = basic(target.appId, target.secret).authorization.slice("Basic ".length);
  const [, , signature = ""] = token.split(".");
  return [canary, target.secret, inHeader, token, signature, apiKey, server.adminKey];
}

/** The log without the path of each request, which only development logs. */
const withoutPaths = () => JSON.stringify(entries().map(({ request: _, ...entry }) => entry));

test("I8 logs no secret, no token and no input except the path of a request", () => {
  const output = server.output();
  for (const secret of secrets()) if (secret !== canary) expect(output).not.toContain(secret);
  expect(withoutPaths()).not.toContain(canary);
  expect(output).not.toMatch(/BEGIN (EC |RSA )?PRIVATE KEY/);
});

test("I8 logs each rejected request with the request id of its response", () => {
  const output = server.output();
  const refused = replies.filter(({ status }) => status >= 400 && status < 500);
  expect(refused.length).toBeGreaterThan(20);
  for (const { headers } of refused) expect(output).toContain(headers.get("x-request-id"));
});

test("I8 returns no secret, no token and no input", () => {
  for (const { headers, text } of replies) {
    const response = `${text} ${[...headers].join()}`;
    for (const secret of secrets()) expect(response).not.toContain(secret);
  }
});

test("I8 has no internal error", () => {
  expect(replies.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
  expect(entries().filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

test("I8 keeps secrets and tokens off the disk", () => {
  const files = readdirSync(server.directory).map((name) =>
    readFileSync(join(server.directory, name), "latin1"),
  );
  expect(files.length).toBeGreaterThan(1);
  for (const secret of secrets()) {
    for (const file of files) expect(file.includes(secret)).toBe(false);
  }
});

test("B11 gives instances ids of 122 random bits", () => {
  expect(target.instanceId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("I4 writes one line of JSON for each entry, whatever line breaks it is sent", async () => {
  const broken = 'x\r\n{"level":30,"msg":"forged"}\u2028\u0085\u001b[2K';
  await askToken(target, { client_id: broken, state: broken });
  await askToken(target, { instance_id: broken, [broken]: broken });
  await call(`${server.url}/${encodeURIComponent(broken)}`, { headers: { "user-agent": "\u0085[2K" } });
  expect(entries().length).toBeGreaterThan(0);
  expect(withoutPaths()).not.toContain("forged");
  expect(server.output()).not.toContain("\u001b");
});

/** The log as entries; fails when a line is not JSON. */
function entries(): Record<string, unknown>[] {
  return server
    .output()
    .split("\n")
    .filter(
      (line) => line !== "" && !line.includes("ExperimentalWarning") && !line.includes("--trace-warnings"),
    )
    .map((line) => JSON.parse(line));
}
