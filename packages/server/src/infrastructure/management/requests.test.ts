import { request as httpRequest } from "node:http";
import {
  type CallManagement,
  errorBody,
  managementCaller,
  violations,
} from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

let platform: TestPlatform;
let call: CallManagement;

beforeAll(async () => {
  platform = await createTestPlatform();
  call = managementCaller(platform);
});
afterAll(() => platform.close());

const canary = "canary-7f3a";
const siteFields = "name, externalId, locale, currency, url, siteId";
const notTaken = {
  field: "body",
  description: `has a field that is not taken here; only these are: ${siteFields}`,
  violatedRule: "FIELD_NOT_ALLOWED",
  data: { allowed: siteFields.split(", ") },
};

describe("a body is rejected", () => {
  test.each([
    [
      "without a required field",
      {},
      { field: "name", description: "is required", violatedRule: "REQUIRED_FIELD" },
    ],
    [
      "with null for it",
      { name: null },
      { field: "name", description: "must be text", violatedRule: "VALIDATION" },
    ],
    [
      "with a number for text",
      { name: 7 },
      { field: "name", description: "must be text", violatedRule: "VALIDATION" },
    ],
    [
      "with a list for text",
      { name: [canary] },
      { field: "name", description: "must be text", violatedRule: "VALIDATION" },
    ],
    [
      "with blank text",
      { name: " \t " },
      { field: "name", description: "must not be empty", violatedRule: "MIN_LENGTH", data: { threshold: 1 } },
    ],
    [
      "with long text",
      { name: "x".repeat(201) },
      {
        field: "name",
        description: "must have at most 200 characters",
        violatedRule: "MAX_LENGTH",
        data: { threshold: 200 },
      },
    ],
    [
      "with a NUL",
      { name: `${canary}\u0000` },
      { field: "name", description: "must not have control characters", violatedRule: "FORMAT" },
    ],
    [
      "with half a character",
      { name: `${canary}\ud800` },
      { field: "name", description: "must not have control characters", violatedRule: "FORMAT" },
    ],
    [
      "with a name that changes the text direction",
      { name: `${canary}\u202e` },
      { field: "name", description: "must not have invisible characters", violatedRule: "FORMAT" },
    ],
    [
      "with an invisible name",
      { name: "\u200d" },
      { field: "name", description: "must not have invisible characters", violatedRule: "FORMAT" },
    ],
    [
      "with an invisible character in the name",
      { name: `${canary}\u200b` },
      { field: "name", description: "must not have invisible characters", violatedRule: "FORMAT" },
    ],
    [
      "with a currency in another format",
      { name: "S", currency: canary },
      {
        field: "currency",
        description: "must be three capital letters, such as USD",
        violatedRule: "FORMAT",
      },
    ],
    [
      "with a javascript URL",
      { name: "S", url: "javascript:alert(1)" },
      { field: "url", description: "must be an http or https URL", violatedRule: "FORMAT" },
    ],
    [
      "with a URL that contains a password",
      { name: "S", url: `https://user:${canary}@shop.example` },
      { field: "url", description: "must not have a user name or password", violatedRule: "FORMAT" },
    ],
    ["H3 with a field that the platform sets", { name: "S", createdAt: canary }, notTaken],
    ["H3 with a field that does not exist", { name: "S", [canary]: 1 }, notTaken],
    [
      "that is a list",
      [canary],
      { field: "body", description: "must be an object", violatedRule: "VALIDATION" },
    ],
    [
      "that is text",
      `"${canary}"`,
      { field: "body", description: "must be an object", violatedRule: "VALIDATION" },
    ],
  ])("%s", async (_, body, violation) => {
    const response = await call("POST /sites", { body });
    expect([response.status, response.body]).toEqual([400, violations(violation)]);
    expect(response.text).not.toContain(canary);
  });

  test("for every broken rule at once", async () => {
    const body = { scopes: ["no scope", 7], tokenFormat: canary, tokenLifetime: 1.5, legacy: "yes" };
    const response = await call("POST /apps", { body });
    expect([response.status, response.body]).toEqual([
      400,
      violations(
        { field: "name", description: "is required", violatedRule: "REQUIRED_FIELD" },
        {
          field: "scopes[0]",
          description:
            "must begin with a letter and have only letters, digits, dots, hyphens and underscores",
          violatedRule: "FORMAT",
        },
        { field: "scopes[1]", description: "must be text or an object", violatedRule: "VALIDATION" },
        { field: "legacy", description: "must be an object", violatedRule: "VALIDATION" },
        {
          field: "tokenFormat",
          description: "must be one of jwt, wix",
          violatedRule: "INVALID_ENUM_VALUE",
          data: { allowed: ["jwt", "wix"] },
        },
        { field: "tokenLifetime", description: "must be a whole number", violatedRule: "VALIDATION" },
      ),
    ]);
  });

  test.each([
    [299, "must be at least 300", "MIN", 300],
    [14_401, "must be at most 14400", "MAX", 14_400],
  ])("with a number out of bounds: %d", async (tokenLifetime, description, violatedRule, threshold) => {
    const response = await call("POST /apps", { body: { name: "A", tokenLifetime } });
    const violation = { field: "tokenLifetime", description, violatedRule, data: { threshold } };
    expect([response.status, response.body]).toEqual([400, violations(violation)]);
  });

  test("with too many items", async () => {
    const response = await call("POST /apps", { body: { name: "A", scopes: Array(101).fill("S") } });
    const violation = {
      field: "scopes",
      description: "must have at most 100 items",
      violatedRule: "MAX_SIZE",
      data: { threshold: 100 },
    };
    expect([response.status, response.body]).toEqual([400, violations(violation)]);
  });

  test.each([
    ["that is broken", "{", 400, errorBody("INVALID_JSON", "The body is not valid JSON.")],
    [
      "that names a key twice",
      `{"name":"a","name":"${canary}"}`,
      400,
      errorBody("DUPLICATE_KEY", "The body names the same key twice."),
    ],
    [
      "that sets a prototype",
      '{"name":"a","__proto__":{}}',
      400,
      errorBody("INVALID_JSON", "The body is not valid JSON."),
    ],
    [
      "that is too large",
      JSON.stringify({ name: "x".repeat(70_000) }),
      413,
      errorBody("BODY_TOO_LARGE", "The body may have at most 65536 bytes."),
    ],
  ])("%s", async (_, body, status, expected) => {
    const response = await call("POST /sites", { body });
    expect([response.status, response.body]).toEqual([status, expected]);
  });

  test("in another encoding than UTF-8", async () => {
    const response = await fetch(`${platform.url}/admin/v1/sites`, {
      method: "POST",
      headers: { authorization: `Bearer ${platform.adminKey}`, "content-type": "application/json" },
      body: Buffer.from('{"name":"caf\xe9"}', "latin1"),
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      errorBody("INVALID_UTF8", "The body is not valid UTF-8."),
    ]);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"])(
    "sent as %s",
    async (type) => {
      const response = await call("POST /sites", { body: { name: "S" }, headers: { "content-type": type } });
      expect([response.status, response.body]).toEqual([
        415,
        errorBody("UNSUPPORTED_MEDIA_TYPE", "Send the body uncompressed, in UTF-8, as application/json."),
      ]);
    },
  );

  test("where the operation has none", async () => {
    const { body } = await call("POST /sites", { body: { name: "S" } });
    const response = await call(`DELETE /sites/${body.siteId}`, { body: { force: true } });
    const violation = {
      field: "body",
      description: "has a field that is not taken here; none is",
      violatedRule: "FIELD_NOT_ALLOWED",
      data: { allowed: [] },
    };
    expect([response.status, response.body]).toEqual([400, violations(violation)]);
  });
});

describe("a body may be absent", () => {
  test("where no field is required", async () => {
    const { body } = await call("POST /sites", { body: { name: "S" } });
    expect((await call(`POST /sites/${body.siteId}/copy`)).status).toBe(200);
    const empty = { body: "", headers: { "content-type": "application/json" } };
    expect((await call(`POST /sites/${body.siteId}/copy`, empty)).status).toBe(200);
  });

  test("and then required fields are missing", async () => {
    const response = await call("POST /sites");
    const violation = { field: "name", description: "is required", violatedRule: "REQUIRED_FIELD" };
    expect([response.status, response.body]).toEqual([400, violations(violation)]);
  });
});

describe("a query is rejected", () => {
  test.each([
    [
      "with a parameter that does not exist",
      `GET /sites?${canary}=1`,
      {
        field: "query",
        description: "has a field that is not taken here; only these are: externalId, name, limit, cursor",
        violatedRule: "FIELD_NOT_ALLOWED",
        data: { allowed: ["externalId", "name", "limit", "cursor"] },
      },
    ],
    [
      "with a parameter twice",
      "GET /sites?limit=1&limit=2",
      { field: "limit", description: "is given more than once", violatedRule: "VALIDATION" },
    ],
    [
      "with a value that is not an id",
      `GET /audit?appId=${canary}`,
      { field: "appId", description: "must be a GUID", violatedRule: "FORMAT" },
    ],
    [
      "on an operation without query parameters",
      "POST /sites?name=S",
      {
        field: "query",
        description: "has a field that is not taken here; none is",
        violatedRule: "FIELD_NOT_ALLOWED",
        data: { allowed: [] },
      },
    ],
  ])("%s", async (_, operation, violation) => {
    const response = await call(operation);
    expect([response.status, response.body]).toEqual([400, violations(violation)]);
    expect(response.text).not.toContain(canary);
  });
});

describe("a path", () => {
  test("without the method responds with its methods", async () => {
    const response = await call("PUT /apps", { body: {} });
    expect([response.status, response.headers.get("allow"), response.body]).toEqual([
      405,
      "GET, HEAD, POST",
      errorBody("METHOD_NOT_ALLOWED", "This path does not accept this method; see the Allow header."),
    ]);
  });

  test("that does not exist is not found", async () => {
    const response = await call("GET /nothing");
    expect([response.status, response.body]).toEqual([
      404,
      errorBody("NOT_FOUND", "There is nothing at this address."),
    ]);
  });

  test.each([
    "not-a-guid",
    "00000000-0000-0000-0000-000000000000",
    "..%2f..%2fetc",
    "%00",
    "' OR 1=1 --",
    "00000000-0000-4000-8000-000000000000",
  ])("responds to the id %s as to an unknown id", async (id) => {
    const response = await call(`GET /apps/${encodeURI(id)}`);
    expect([response.status, response.body]).toEqual([
      404,
      errorBody("APP_NOT_FOUND", "There is no app with this id."),
    ]);
  });

  test("accepts an id in upper case", async () => {
    const { body } = await call("POST /sites", { body: { name: "S" } });
    expect((await call(`GET /sites/${body.siteId.toUpperCase()}`)).body).toEqual(body);
  });
});

describe("every response", () => {
  test("is JSON that is never cached, with a request id", async () => {
    for (const operation of ["GET /apps", "GET /apps/x", "GET /nothing"]) {
      const { headers } = await call(operation);
      expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test("to HEAD has no body", async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${platform.adminKey}` };
      const sent = httpRequest(`${platform.url}/admin/v1/apps`, { method: "HEAD", headers }, (response) => {
        response.resume().on("end", () => resolve(response.statusCode));
      });
      sent.on("error", reject).end();
    });
    expect(status).toBe(200);
  });
});
