import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createResponseCheck } from "./check-response.ts";
import { childFlags, takeFromChildren } from "./child-process.ts";
import type { Declaration } from "./declared-routes.ts";
import type { SentResponse } from "./observe-servers.ts";

const json = (schema: object): Declaration["responses"][string] => ({
  description: "THING_NOT_FOUND: There is no such thing.",
  content: { "application/json": { schema: { ...schema } } },
});
const declaration: Declaration = {
  responses: {
    200: json({ $ref: "#/components/schemas/Thing" }),
    204: { description: "Nothing" },
    404: json({ type: "object" }),
  },
  schemas: {
    Thing: {
      type: "object",
      properties: { id: { type: "string" }, parts: { type: "array", items: { type: "integer" } } },
      required: ["id"],
    },
  },
};
const route = { method: "GET", path: "/things/{id}", operationId: "getThing", tag: "Things" };
const check = createResponseCheck((method, path) =>
  method !== "PUT" && path.startsWith("/things/")
    ? { ...route, describe: async () => declaration }
    : undefined,
);

function sent(status: number, body: unknown, more: Partial<SentResponse> = {}): Promise<string | undefined> {
  const contentType = "application/json";
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return check({ method: "GET", path: "/things/1", status, contentType, body: text, ...more });
}

function errorBody(code: string): object {
  const applicationError = { code, description: "No.", data: {} };
  return { message: "No.", details: { applicationError } };
}

describe("a response is taken", () => {
  test.each([
    ["as its route declares it", 200, { id: "1", parts: [1] }, {}],
    ["without a body where none is declared", 204, "", { contentType: "" }],
    ["to HEAD, whose body is never sent", 200, "", { method: "HEAD" }],
    ["with a code that its description names", 404, errorBody("THING_NOT_FOUND"), {}],
    ["for an address that nobody serves", 404, errorBody("NOT_FOUND"), { path: "/nothing" }],
    ["for bytes that are not HTTP", 400, errorBody("MALFORMED_REQUEST"), { method: "", path: "" }],
  ])("%s", async (_, status, body, more) => {
    expect(await sent(status, body, more)).toBeUndefined();
  });
});

describe("a response is refused", () => {
  test.each([
    ["with another status", 201, {}, {}, "GET /things/{id} 201: the route declares only 200, 204, 404"],
    [
      "with a field that is not declared",
      200,
      { id: "1", secret: "s" },
      {},
      'GET /things/{id} 200: / must NOT have additional properties {"additionalProperty":"secret"}',
    ],
    [
      "without a field that is required",
      200,
      {},
      {},
      `GET /things/{id} 200: / must have required property 'id' {"missingProperty":"id"}`,
    ],
    [
      "with another thing in a list",
      200,
      { id: "1", parts: ["a"] },
      {},
      'GET /things/{id} 200: /parts/0 must be integer {"type":"integer"}',
    ],
    ["that is not JSON", 200, "{", {}, "GET /things/{id} 200: the body is not JSON"],
    [
      "with a body where none is declared",
      204,
      "x",
      {},
      "GET /things/{id} 204: a body, which is not declared",
    ],
    [
      "of another type",
      200,
      "x",
      { contentType: "text/plain" },
      'GET /things/{id} 200: content type "text/plain"; declared: application/json',
    ],
    [
      "with a code that its description does not name",
      404,
      errorBody("OTHER_NOT_FOUND"),
      {},
      "GET /things/{id} 404: the code OTHER_NOT_FOUND, which is not declared",
    ],
    [
      "for an address that no router has",
      200,
      {},
      { path: "/nothing" },
      "GET /nothing 200: no route responds here, and it is no error before routing",
    ],
  ])("%s", async (_, status, body, more, violation) => {
    expect(await sent(status, body, more)).toBe(violation);
  });
});

const child = `
  import { channel } from "node:diagnostics_channel";
  import { createServer } from "node:http";
  const id = "00000000-0000-4000-8000-000000000000";
  const openApiDocument = async () => ({ paths: { "/things": { get: { responses: { 204: { description: "" } } } } } });
  channel("latchkey:routes").publish({ routes: [{ method: "GET", path: "/things", operationId: "a" }], openApiDocument });
  const server = createServer((request, response) => {
    if (request.url === "/things") response.setHeader("x-request-id", id).setHeader("x-wix-request-id", id);
    response.end("{}");
  }).listen(0, "127.0.0.1", async () => {
    const url = "http://127.0.0.1:" + server.address().port;
    for (const path of ["/things", "/of-an-app"]) await (await fetch(url + path)).text();
    server.close();
  });`;

test("a child process reports what its Latchkey server sends, and nothing of other servers", async () => {
  const flags = [...childFlags(), "--input-type=module", "--eval", child];
  const [code] = await once(spawn(process.execPath, flags, { stdio: "inherit" }), "close");
  const violation = "GET /things 200: the route declares only 204 (in a child process)";
  expect([code, takeFromChildren()]).toEqual([0, [violation]]);
});

test("a stub responds as a test says, so nothing of it is checked", async () => {
  const ofStub = createResponseCheck(() => ({ ...route, tag: "Stubs", describe: async () => declaration }));
  const response = { method: "GET", path: "/things/1", status: 418, contentType: "text/plain", body: "x" };
  expect(await ofStub({ ...response } as SentResponse)).toBeUndefined();
});

// They start no server, and need flags of their own.
const exceptions = [
  "packages/sdk/src/redirect/redirect.test.ts",
  "packages/server/src/infrastructure/database/sqlite/directory-lock.test.ts",
  "packages/server/src/wiring/commands/run.test.ts",
];

test("tests start TypeScript with childFlags(), so that no child process sends responses unchecked", () => {
  const root = join(import.meta.dirname, "../../..");
  const files = globSync(["tests/**/*.ts", "tools/**/*.test.ts", "packages/*/src/**/*.test.ts"], {
    cwd: root,
    exclude: ["**/node_modules/**"],
  });
  const flag = `"${childFlags()[0]}"`;
  const own = files.filter((file) => readFileSync(join(root, file), "utf8").includes(flag));
  expect(own.sort()).toEqual(exceptions);
});
