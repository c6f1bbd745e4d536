import { stores } from "@latchkey/stores";
import { Ajv2020 } from "ajv/dist/2020.js";
import formatsModule from "ajv-formats";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OpenApiDocument } from "../infrastructure/routes/index.ts";
import { createTestPlatform, type TestPlatform } from "../testing/index.ts";

let platform: TestPlatform;
let text: string;
let operations: { method: string; path: string }[];
let described: Described[];

/** The parts of an operation that tests read, and its name. */
interface Described {
  readonly name: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly requestBody?: { readonly content: Record<string, { schema: object; example?: unknown }> };
  readonly responses: Readonly<Record<string, object>>;
}
beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores] });
  text = await (await fetch(`${platform.url}/openapi.json`)).text();
  const document = JSON.parse(text) as OpenApiDocument;
  described = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Omit<Described, "name">>).map(([method, operation]) => ({
      ...operation,
      name: `${method.toUpperCase()} ${path}`,
    })),
  );
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
    if (status === 405 || /"(NOT_FOUND|ENDPOINT_NOT_SERVED)"/.test(text))
      missing.push(`${status} ${method} ${path}`);
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

test("no named schema is nullable, because the generator would write a schema that matches nothing", () => {
  expect(text).not.toMatch(/"\$ref":"[^"]*"\},\{"type":\["object","null"\]\}/);
});

test("FR-D10: an example matches the schema of its body", () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (formatsModule as unknown as (ajv: Ajv2020) => void)(ajv);
  const { components } = JSON.parse(text) as OpenApiDocument;
  const wrong = described.flatMap(({ name, requestBody }) =>
    Object.values(requestBody?.content ?? {}).flatMap(({ example, schema }) => {
      if (example === undefined) return [];
      return ajv.validate({ ...schema, components }, example) ? [] : [`${name}: ${ajv.errorsText()}`];
    }),
  );
  expect(wrong).toEqual([]);
});

test("FR-D10: every operation has a description", () => {
  expect(described.filter(({ description = "" }) => description === "").map(({ name }) => name)).toEqual([]);
});

test("FR-D10: every tag has a description, those of resources included", () => {
  const { tags = [] } = JSON.parse(text) as OpenApiDocument;
  expect(tags.map(({ name }) => name)).toEqual(expect.arrayContaining(["Apps", "Products"]));
  expect(tags.filter(({ description = "" }) => description === "")).toEqual([]);
});

test("FR-D10: no path of the document but / ends with a slash, and it has a contact", () => {
  expect(operations.filter(({ path }) => /.\/$/.test(path))).toEqual([]);
  expect((JSON.parse(text) as OpenApiDocument).info.contact).toEqual({
    name: "Latchkey",
    url: `${platform.url}/docs`,
  });
});

test("FR-F7: every list and object of a response has a schema of its content", () => {
  const { components } = JSON.parse(text) as OpenApiDocument;
  const places = [
    ...described.map(({ name, responses }) => [name, responses] as const),
    ...Object.entries(components?.schemas ?? {}),
  ];
  expect(places.flatMap(([name, part]) => vagueParts(part, name))).toEqual([]);
});

/** Paths of lists and objects without a schema of their content. */
function vagueParts(part: unknown, place: string): string[] {
  if (typeof part !== "object" || part === null) return [];
  const { additionalProperties, items, properties, type } = part as Record<string, unknown>;
  const isVague =
    (type === "array" && Object.keys(items ?? {}).length === 0) ||
    (type === "object" && properties === undefined && additionalProperties === undefined);
  const inner = Object.entries(part).flatMap(([name, value]) => vagueParts(value, `${place}/${name}`));
  return isVague ? [place, ...inner] : inner;
}

test("FR-F7: the OAuth endpoints declare what is wrong with a body or a method", () => {
  const statuses = (name: string) => Object.keys(described.find((one) => one.name === name)?.responses ?? {});
  expect(statuses("POST /oauth2/token")).toEqual(
    expect.arrayContaining(["400", "401", "405", "408", "413", "415", "500", "503"]),
  );
  expect(statuses("GET /.well-known/jwks.json")).toEqual(["200", "304", "405", "500", "503"]);
});

test("FR-F7: every operation with a body declares a wrong type, size and pace of it", () => {
  const undeclared = described
    .filter(({ requestBody }) => requestBody !== undefined)
    .filter(({ responses }) => ["400", "408", "413", "415"].some((status) => responses[status] === undefined))
    .map(({ name }) => name);
  expect(undeclared).toEqual([]);
});

test("FR-F7: every error has a schema, except where only a proxy reads the status", () => {
  const bare = described.flatMap(({ name, responses }) =>
    Object.entries(responses)
      .filter(([status, response]) => status >= "4" && !("content" in response))
      .map(([status]) => `${status} ${name}`),
  );
  expect(bare).toEqual([]);
});

test.each([
  ["GET /forward-auth", ["200", "400", "401", "403", "429", "500", "503"]],
  ["GET /apps/{appId}/.well-known/jwks.json", ["200", "400", "404", "500", "503"]],
  ["DELETE /stores/v1/products/{productId}/options", ["200", "400", "401", "403", "404", "409"]],
])("FR-F7: %s declares its responses", (name, statuses) => {
  const { responses = {} } = described.find((one) => one.name === name) ?? {};
  expect(Object.keys(responses)).toEqual(expect.arrayContaining(statuses));
});

test("FR-F7: the proxy gets the subject of the token, as declared", () => {
  const { responses = {} } = described.find(({ name }) => name === "GET /forward-auth") ?? {};
  expect(responses["200"]).toMatchObject({ headers: { "x-latchkey-subject": expect.anything() } });
});

test("FR-F7: the OAuth endpoints declare who may call them", () => {
  const { paths = {} } = JSON.parse(text) as OpenApiDocument;
  const securityOf = (path: string) => (paths[path] as { post: { security?: unknown } }).post.security;
  expect(
    ["token", "introspect", "revoke", "token-info"].map((name) => securityOf(`/oauth2/${name}`)),
  ).toEqual([[{ client: [] }], [{ client: [] }], [{ client: [] }], []]);
});
