import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRouter } from "../../infrastructure/routes/index.ts";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { dashboardRoutes, readDashboard } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "latchkey-dashboard-"));
mkdirSync(join(folder, "scripts"));
writeFileSync(
  join(folder, "index.html"),
  '<meta property="csp-nonce" nonce="CSP_NONCE"><script nonce="CSP_NONCE">',
);
writeFileSync(join(folder, "scripts/index-1.js"), "start();");
afterAll(() => rmSync(folder, { recursive: true }));

const nonces = Array.from({ length: 20 }, (_, index) => index + 1).values();
const random = (size: number) => Buffer.alloc(size, nonces.next().value);
let platform: TestPlatform;
let router: ReturnType<typeof createRouter>;
const dependencies = () => ({
  database: platform.platform.database,
  publicUrl: "https://latchkey.example",
  random,
});
beforeAll(async () => {
  platform = await createTestPlatform();
  router = createRouter(dashboardRoutes({ ...dependencies(), dashboard: readDashboard(folder) }));
});
afterAll(() => platform.close());
const get = (path: string, headers: Record<string, string> = {}) =>
  router(new Request(`https://latchkey.example${path}`, { headers }), {
    requestId: "request-1",
    clientAddress: "",
  });

test("there is no dashboard where none is built", () => {
  const dashboard = readDashboard(join(folder, "scripts"));
  expect(dashboard).toBeUndefined();
  expect(dashboardRoutes({ ...dependencies(), dashboard })).toEqual([]);
});

test.each(["/dashboard", "/dashboard/", "/dashboard/apps/1/oauth", "/dashboard/../dashboard"])(
  "F14 %s is the page, in no frame, with scripts and styles of this origin only",
  async (path) => {
    const response = await get(path);
    const [, nonce = ""] =
      /'nonce-([\w+/=]+)'/.exec(response.headers.get("content-security-policy") ?? "") ?? [];
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(
      `<meta property="csp-nonce" nonce="${nonce}"><script nonce="${nonce}">`,
    );
    expect(Object.fromEntries(response.headers)).toEqual({
      "cache-control": "no-cache",
      "content-security-policy": `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
      "content-type": "text/html; charset=utf-8",
      "cross-origin-opener-policy": "same-origin",
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
  },
);

test("F14 only at the address of an iframe page its origin may be in a frame, and never our own", async () => {
  const { appId } = await platform.createApp();
  const add = async (kind: string, url: string) =>
    (await managementCaller(platform)(`POST /apps/${appId}/extensions`, { body: { kind, url } })).body
      .extensionId;
  const policyAt = async (path: string) =>
    (await get(`/dashboard/sites/1/${path}`)).headers.get("content-security-policy");
  const framed = String(await add("IFRAME_PAGE", "https://app.example/page?a=1"));
  expect(await policyAt(`pages/2/${framed}`)).toContain("; frame-src https://app.example; base-uri");
  for (const path of [
    `apps/${framed}`,
    `pages/2/${framed}/more`,
    "pages/2/00000000-0000-4000-8000-000000000000",
    "pages/2/x",
    `pages/2/${await add("EXTERNAL_PAGE", "https://app.example/page")}`,
    `pages/2/${await add("IFRAME_PAGE", "https://latchkey.example/dashboard")}`,
  ]) {
    expect([path, await policyAt(path)]).toEqual([path, expect.not.stringContaining("frame-src")]);
  }
});

test("each page has a nonce of its own", async () => {
  const policies = [await get("/dashboard"), await get("/dashboard")].map(({ headers }) =>
    headers.get("content-security-policy"),
  );
  expect(new Set(policies).size).toBe(2);
});

test("a script is kept for ever, because its name changes with its content, and is compressed", async () => {
  const plain = await get("/dashboard/scripts/index-1.js");
  const compressed = await get("/dashboard/scripts/index-1.js", { "accept-encoding": "br, gzip" });
  const headers = {
    "cache-control": "public, max-age=31536000, immutable",
    "content-type": "text/javascript; charset=utf-8",
    vary: "accept-encoding",
    "x-content-type-options": "nosniff",
  };
  expect([await plain.text(), Object.fromEntries(plain.headers)]).toEqual(["start();", headers]);
  expect(gunzipSync(await compressed.arrayBuffer()).toString()).toBe("start();");
  expect(Object.fromEntries(compressed.headers)).toEqual({ ...headers, "content-encoding": "gzip" });
});

test.each(["/dashboard/scripts/index-2.js", "/dashboard/scripts/__proto__", "/dashboard/styles/index-1.js"])(
  "%s is no file of this version",
  async (path) => {
    await expect(get(path)).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
      status: 404,
      message: "The dashboard has no such file; reload the page.",
    });
  },
);
