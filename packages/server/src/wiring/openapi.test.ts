import { stores } from "@latchkey/stores";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OpenApiDocument } from "../infrastructure/routes/index.ts";
import { createTestPlatform, type TestPlatform } from "../testing/index.ts";

let platform: TestPlatform;
let text: string;
let operations: { method: string; path: string }[];
beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores] });
  text = await (await fetch(`${platform.url}/openapi.json`)).text();
  const document = JSON.parse(text) as OpenApiDocument;
  operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.keys(item).map((method) => ({ method: method.toUpperCase(), path })),
  );
});
afterAll(() => platform.close());

const unknownId = "00000000-0000-0000-0000-000000000000";

async function call(method: string, path: string) {
  const url = platform.url + path.replaceAll(/\{\w+\}/g, unknownId);
  const response = await fetch(url, { method, redirect: "manual" });
  return { allow: response.headers.get("allow"), status: response.status, text: await response.text() };
}

test("the document has every route of the platform at each of its paths, and no other operation", () => {
  const mounted = platform.platform.routes.flatMap(({ aliases = [], method, path }) =>
    [path, ...aliases].map((one) => `${method} ${one.replace("*}", "}")}`),
  );
  const documented = operations.map(({ method, path }) => `${method} ${path}`);
  expect(documented.sort()).toEqual(mounted.sort());
  expect(documented).toContain("POST /stores/v1/products/query");
});

test("every operation of the document is served", async () => {
  const missing: string[] = [];
  for (const { method, path } of operations) {
    const { status, text } = await call(method, path);
    if (status === 405 || text.includes('"NOT_FOUND"')) missing.push(`${status} ${method} ${path}`);
  }
  expect(missing).toEqual([]);
});

test("a method that the document does not have gets 405, with those that it has in Allow", async () => {
  const methods = new Map<string, string[]>();
  for (const { method, path } of operations) {
    methods.set(path, [...(methods.get(path) ?? []), ...(method === "GET" ? ["GET", "HEAD"] : [method])]);
  }
  for (const [path, allowed] of methods) {
    const { allow, status } = await call("PROPFIND", path);
    expect([path, status, allow?.split(", ").sort()]).toEqual([path, 405, allowed.sort()]);
  }
});

test("HEAD is served at every GET, with its status and without a body", async () => {
  for (const { path } of operations.filter(({ method }) => method === "GET")) {
    const get = await call("GET", path);
    expect([path, await call("HEAD", path)]).toEqual([path, { ...get, text: "" }]);
  }
});

test("patterns of the document are regular expressions of JSON Schema: without delimiters and flags", () => {
  const patterns = [...text.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(([, json = ""]) =>
    JSON.parse(json),
  );
  expect(patterns.length).toBeGreaterThan(5);
  for (const pattern of patterns) {
    expect(() => new RegExp(pattern, "u")).not.toThrow();
    expect(pattern).not.toMatch(/\/[a-z]*$/);
  }
});

test("no named schema is made nullable, which the generator would write as a schema that nothing matches", () => {
  expect(text).not.toMatch(/"\$ref":"[^"]*"\},\{"type":\["object","null"\]\}/);
});
