import { afterAll, beforeAll, expect, test } from "vitest";
import { rawRequest, sendRaw } from "./raw-http.ts";
import { askToken, basic, call, callApi, createTarget, mint, post, type Target } from "./target.ts";

let target: Target;
let token: string;

beforeAll(async () => {
  target = await createTarget();
  token = await mint(target);
});
afterAll(() => target.platform.close());

test.each([
  ["bare", () => token],
  ["after Bearer", () => `Bearer ${token}`],
  ["after bearer in lower case", () => `bearer ${token}`],
  ["after BEARER in upper case", () => `BEARER ${token}`],
])("E10 accepts a token %s", async (_, authorization) => {
  expect((await callApi(target, authorization())).status).toBe(200);
});

test.each([
  ["after a tab", () => `Bearer\t${token}`],
  ["after two blanks", () => `Bearer  ${token}`],
  ["after an equals sign", () => `Bearer=${token}`],
  ["after another scheme", () => `Basic ${token}`],
  ["after an unknown scheme", () => `Token ${token}`],
  ["followed by another token", () => `Bearer ${token},Bearer ${token}`],
  ["followed by a space and another token", () => `${token} ${token}`],
  ["in quotes", () => `Bearer "${token}"`],
])("E10 rejects a token %s", async (_, authorization) => {
  expect((await callApi(target, authorization())).status).toBe(401);
});

test("E10 ignores tokens in the URL and the body", async () => {
  const inAddress = await call(`${target.url}/apps/v1/instance?access_token=${token}&token=${token}`);
  expect(inAddress.status).toBe(401);
  const form = new URLSearchParams({ access_token: token });
  expect((await post(`${target.url}/stores/v1/products/query`, form)).status).toBe(401);
});

test("E10 rejects two Authorization headers, even when both are valid", async () => {
  const twice = (line: string, one: string, { body = "", type = "application/json" } = {}) => {
    const [requestLine, ...rest] = rawRequest(target.url, line, {
      headers: { "content-type": type },
      body,
    }).split("\r\n");
    const both = [requestLine, `authorization: ${one}`, `authorization: ${one}`, ...rest].join("\r\n");
    return sendRaw(target.url, both);
  };
  expect((await twice("GET /apps/v1/instance", `Bearer ${token}`)).statuses).toEqual([401]);
  expect((await twice("GET /apps/v1/instance", token)).statuses).toEqual([401]);
  const body = JSON.stringify({ grant_type: "client_credentials", instance_id: target.instanceId });
  const { authorization } = basic(target.appId, target.secret);
  expect((await twice("POST /oauth2/token", authorization, { body })).statuses).toEqual([401]);
});

test("E10 distinguishes a missing token from an invalid one", async () => {
  const { body, headers, status } = await callApi(target);
  expect({ status, body }).toEqual({
    status: 401,
    body: {
      message: "Send an access token in the Authorization header.",
      details: {
        applicationError: {
          code: "UNAUTHENTICATED",
          description: "Send an access token in the Authorization header.",
          data: {},
        },
      },
    },
  });
  expect(headers.get("www-authenticate")).toBe("Bearer");
});

test("E10 rejects a secret as a token, and a token as a secret", async () => {
  expect((await callApi(target, target.secret)).status).toBe(401);
  expect((await callApi(target, basic(target.appId, target.secret).authorization)).status).toBe(401);
  expect((await askToken(target, { client_secret: token })).status).toBe(401);
});

test("E10 rejects an expired token like any other invalid one", async () => {
  const short = await mint(target);
  await target.platform.clock.advance(14_400_000);
  const { headers, status } = await callApi(target, short);
  expect([status, headers.get("www-authenticate")]).toEqual([401, 'Bearer error="invalid_token"']);
});
