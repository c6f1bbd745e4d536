import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { stores } from "@latchkey/stores";
import { readManagementOperations } from "@latchkey/test-support/management-operations";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRouter, type OpenApiDocument } from "../../infrastructure/routes/index.ts";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { curlExample } from "./curl-example.ts";
import { referenceRoutes } from "./reference.routes.ts";
import { referencePage } from "./reference-page.ts";

let platform: TestPlatform;
let page: string;
let headers: Headers;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores] });
  const response = await fetch(`${platform.url}/docs`);
  headers = response.headers;
  page = await response.text();
});
afterAll(() => platform.close());

const textOf = (text: string): string =>
  text.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

test("the document is OpenAPI 3.1, with this server and every reference in place", async () => {
  const response = await fetch(`${platform.url}/openapi.json`);
  const text = await response.text();
  const document = JSON.parse(text) as OpenApiDocument;
  expect([response.status, document.openapi]).toEqual([200, "3.1.0"]);
  expect(document.servers).toEqual([{ url: platform.url }]);
  const names = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? "");
  expect(Object.keys(document.components?.schemas ?? {})).toEqual(expect.arrayContaining(names));
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const operation of Object.values(item as Record<string, { parameters?: { name: string }[] }>)) {
      const declared = (operation.parameters ?? []).map(({ name }) => name);
      const needed = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
      expect([path, declared]).toEqual([path, expect.arrayContaining(needed)]);
    }
  }
});

test("FR-D §4: the page and its index show every operation with its path, the page also with its scope", async () => {
  const articles = page.split("<article").slice(1);
  const operations = await readManagementOperations(platform.url);
  for (const { call, operationId, scope } of operations) {
    const article = articles.find((text) => text.includes(`id="${operationId}"`)) ?? "";
    const [method, path] = call.split(" ");
    expect(article).toContain(
      `<span class="method ${method?.toLowerCase()}">${method}</span> <code>/admin/v1${path}</code>`,
    );
    expect(article).toContain(`Needs the scope <code>${scope}</code>.`);
    const [, link] = new RegExp(`<a href="#${operationId}" title="[^"]+">(.*?)</a>`).exec(page) ?? [];
    expect(link).toBe(
      `<span class="method ${method?.toLowerCase()}">${method}</span> <code>/admin/v1${path}</code>`,
    );
  }
});

test("FR-D §4: the page shows parameters, bodies and responses as nested lists", () => {
  const article = page.split("<article").find((text) => text.includes('id="createApp"')) ?? "";
  expect(article).toContain(
    '<li><code>name</code> <span class="kind">string, 1 to 200 characters</span></li>',
  );
  expect(article).toContain(
    '<code>redirectUrls</code> <span class="kind">array of string, up to 2000 characters, 1 to 20 items',
  );
  expect(article).toContain(
    '<li><code>secret</code> <span class="kind">object</span><ul><li><code>secretId</code>',
  );
  expect(article).toContain("<strong>409</strong> ID_TAKEN:");
  expect(article).toContain("<br>IDEMPOTENCY_KEY_REUSED:");
  const list = page.split("<article").find((text) => text.includes('id="listApps"')) ?? "";
  expect(list).toContain(
    '<code>limit</code> <span class="kind">in query, integer, 1 to 100, default 50, optional</span>',
  );
  expect(list).toContain(
    '<code>items</code> <span class="kind">array of App</span><ul><li><code>appId</code>',
  );
});

test("the page works offline: it has one script and no external files, and its policy forbids others", () => {
  expect(page.split("<script")).toHaveLength(2);
  expect(page).not.toMatch(/<script |<link|<img|<iframe|\son\w+=|@import|url\(/i);
  const targets = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, target]) => target ?? "");
  expect(targets.filter((target) => !target.startsWith("#"))).toEqual(["/openapi.json"]);
  for (const target of targets.filter((one) => one.startsWith("#"))) {
    expect(page).toContain(`id="${target.slice(1)}"`);
  }
  const [, style = ""] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
  const [, script = ""] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
  const [hash, scriptHash] = [style, script].map((text) =>
    createHash("sha256").update(text).digest("base64"),
  );
  expect(headers.get("content-security-policy")).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; script-src 'sha256-${scriptHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
});

test("without the dashboard, / links to the reference and shows how to get a token", async () => {
  const router = createRouter(referenceRoutes({ describe: () => Promise.reject(new Error("not read")) }));
  const exchange = { requestId: "request-1", clientAddress: "" };
  const response = await router(new Request("http://127.0.0.1/"), exchange);
  const text = await response.text();
  expect(response.status).toBe(200);
  for (const part of [
    'href="/docs"',
    'href="/sign-in"',
    'href="/openapi.json"',
    "It runs without the dashboard.",
    "/oauth2/token",
  ]) {
    expect(text).toContain(part);
  }
  expect(text).toContain("client_credentials \\\n  -d");
  for (const name of [
    "content-security-policy",
    "content-type",
    "referrer-policy",
    "x-content-type-options",
  ]) {
    expect([name, response.headers.get(name)]).toEqual([name, headers.get(name)]);
  }
  const [, style = ""] = /<style>([\s\S]*?)<\/style>/.exec(text) ?? [];
  const hash = createHash("sha256").update(style).digest("base64");
  expect(headers.get("content-security-policy")).toContain(`style-src 'sha256-${hash}'`);
});

test("the page escapes every text of a document", () => {
  const evil = `"><script>alert('x')</script>`;
  const document = {
    openapi: "3.1.0",
    info: { title: evil, version: "1", description: evil },
    paths: {
      [`/${evil}`]: {
        get: {
          summary: evil,
          description: `\`${evil}\``,
          tags: [evil],
          parameters: [{ name: evil, in: "query", description: evil, schema: { enum: [evil] } }],
          responses: {
            200: {
              description: evil,
              content: {
                [evil]: { schema: { type: "object", properties: { [evil]: { description: evil } } } },
              },
            },
            400: { description: evil },
          },
        },
      },
    },
  } as unknown as OpenApiDocument;
  const rendered = referencePage(document);
  expect(rendered.split("<script>")).toHaveLength(2);
  expect(rendered).not.toContain("<script>alert");
  expect(rendered).not.toContain('">alert');
  expect(textOf(rendered).split(evil).length).toBeGreaterThan(10);
});

const example = (operationId: string): string => {
  const article = page.split("<article").find((text) => text.includes(`id="${operationId}"`)) ?? "";
  return textOf(/<pre tabindex="0"><code>([\s\S]*?)<\/code>/.exec(article)?.[1] ?? "");
};

test("the token request shows the fields of every grant as optional", async () => {
  const article = page.split("<article").find((text) => text.includes('id="createToken"')) ?? "";
  const [request = ""] = article.split("<h4>Response");
  expect(request).toContain(
    '<h4>Body <span class="kind">application/json or application/x-www-form-urlencoded</span></h4>',
  );
  const fields = [...request.matchAll(/<li><code>(\w+)<\/code> <span class="kind">([^<]*)<\/span>/g)];
  const needed = fields.filter(([, , kind]) => !kind?.endsWith(", optional")).map(([, name]) => name);
  expect(needed).toEqual(["grant_type"]);
  const app = await platform.createApp();
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId: app.appId, siteId });
  const env = {
    PATH: process.env.PATH,
    LATCHKEY_URL: platform.url,
    APP_ID: app.appId,
    APP_SECRET: app.secret.value,
    INSTANCE_ID: instanceId,
  };
  const { stdout } = await promisify(execFile)("sh", ["-c", example("createToken")], { env });
  expect(JSON.parse(stdout)).toMatchObject({ token_type: "Bearer" });
});

test("FR-D3: an example of a body contains only variables and values of the schema", () => {
  const examples = page.split("<article").slice(1).map(textOf);
  expect(examples.filter((text) => text.includes('"Example"'))).toEqual([]);
});

test("a single quote in an example is escaped for the shell, and a filter operator is not a variable", async () => {
  const document = { openapi: "3.1.0", info: { title: "", version: "" } } as OpenApiDocument;
  const sent = { filter: { price: { $lt: 20 } }, name: "it's", id: "$APP_ID" };
  const operation = {
    method: "post",
    path: "/things",
    requestBody: { content: { "application/json": { example: sent } } },
  };
  const command = String(curlExample(document, operation)).replace("curl", 'printf "%s\\n"');
  const { stdout } = await promisify(execFile)("sh", ["-c", command], { env: { APP_ID: "4711" } });
  expect(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).toEqual({ ...sent, id: "4711" });
});

test("a schema with alternatives shows the fields of all of them, required where every alternative requires them", () => {
  const whole = { type: "integer", enum: [1] };
  const schema = {
    anyOf: [
      {
        type: "object",
        properties: { kind: whole, total: { type: "integer" } },
        required: ["kind", "total"],
      },
      { type: "object", properties: { kind: { ...whole, enum: [2] } }, required: ["kind"] },
      { type: "null" },
    ],
  };
  const responses = { 200: { description: "", content: { "application/json": { schema } } } };
  const rendered = referencePage({
    openapi: "3.1.0",
    info: { title: "", version: "" },
    paths: { "/things": { get: { responses } } },
  } as unknown as OpenApiDocument);
  expect(rendered).toContain('<li><code>kind</code> <span class="kind">1 | 2</span></li>');
  expect(rendered).toContain('<li><code>total</code> <span class="kind">integer, optional</span></li>');
});

test("FR-D §4: the page shows which fields a response always has, and constants as they are", () => {
  const article = page.split("<article").find((text) => text.includes('id="createToken"')) ?? "";
  const [, response = ""] = article.split("<h4>Response");
  expect(response).toContain('<li><code>access_token</code> <span class="kind">string</span></li>');
  expect(response).toContain('<li><code>token_type</code> <span class="kind">Bearer</span></li>');
  expect(response).toContain("Present when the request has a scope");
  expect(textOf(article)).toContain(
    "The token goes into <code>Authorization</code> as it is, or after the scheme <code>Bearer</code>.",
  );
});

test.each([
  ...["<h4>Answer", "<h4>Refusals", "Alone when false", "When one was asked for", "The same by GET"],
  ...["Ask what can be chosen", "Show pictures at some choices no longer", "whoever holds it may"],
  "Give all variants the product",
])("FR-D §4: the page does not contain %j", (text) => {
  expect(textOf(page)).not.toContain(text);
});
