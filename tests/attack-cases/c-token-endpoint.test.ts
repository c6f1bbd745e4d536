import { brotliCompressSync, gzipSync } from "node:zlib";
import { claimsOf } from "@latchkey/test-support/forged-token";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  askToken,
  call,
  createTarget,
  manageProducts,
  mint,
  post,
  readProducts,
  type Target,
  tokenParameters,
} from "./target.ts";

let target: Target;
let address: string;
const json = { "content-type": "application/json" };

beforeAll(async () => {
  target = await createTarget();
  address = `${target.url}/oauth2/token`;
});
afterAll(() => target.platform.close());

test.each(["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])(
  "C1 rejects the method %s",
  async (method) => {
    const { body, headers, status } = await call(address, { method });
    expect({ status, allow: headers.get("allow") }).toEqual({ status: 405, allow: "POST" });
    expect(headers.get("cache-control")).toBe("no-store");
    if (method !== "HEAD") {
      expect(body).toEqual({
        error: "invalid_request",
        error_description: "This path does not accept this method; see the Allow header.",
      });
    }
  },
);

test.each([
  ["text", "text/plain"],
  ["multipart", "multipart/form-data; boundary=x"],
  ["no type at all", ""],
  ["UTF-16", "application/json; charset=utf-16"],
  ["another charset beside UTF-8", "application/json; charset=utf-8; charset=utf-7"],
  ["a type that only begins like JSON", "application/json-seq"],
  ["two types", "application/json, application/x-www-form-urlencoded"],
])("C2 rejects a body that is %s", async (_, type) => {
  const content = Buffer.from(JSON.stringify(tokenParameters(target)));
  const headers: Record<string, string> = type === "" ? {} : { "content-type": type };
  const { body, status } = await call(address, { method: "POST", headers, body: content });
  expect({ status, body }).toEqual({
    status: 415,
    body: {
      error: "invalid_request",
      error_description:
        "Send the body uncompressed, in UTF-8, as application/json or application/x-www-form-urlencoded.",
    },
  });
});

test.each([
  "application/json; charset=UTF-8",
  'APPLICATION/JSON;charset="utf-8"',
  "application/json ;charset=utf-8",
])("C2 accepts the type %s", async (type) => {
  const content = JSON.stringify(tokenParameters(target));
  expect((await post(address, content, { "content-type": type })).status).toBe(200);
});

test.each([
  ["cut off", '{"grant_type":'],
  ["of single quotes", "{'grant_type':'client_credentials'}"],
  ["with a comment", "{/**/}"],
  ["with a comma too many", '{"a":1,}'],
  ["empty", ""],
  ["a million brackets deep", "[".repeat(30_000)],
  ["10,000 arrays deep", `{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`],
  ["with the key __proto__", '{"__proto__":{"client_id":"x"}}'],
  ["with the key __proto__ further in", '{"a":{"__proto__":1}}'],
])("C3 rejects JSON that is %s", async (_, text) => {
  const { body, status } = await post(address, text, json);
  expect({ status, body }).toEqual({
    status: 400,
    body: { error: "invalid_request", error_description: "The body is not valid JSON." },
  });
});

test.each(["[]", "null", '"text"', "1", "true", `[${JSON.stringify({ grant_type: "client_credentials" })}]`])(
  "C3 rejects the JSON %s",
  async (text) => {
    const { body, status } = await post(address, text, json);
    expect({ status, body }).toEqual({
      status: 400,
      body: { error: "invalid_request", error_description: "The body must be a JSON object." },
    });
  },
);

test("C3 rejects prototype keys, which change nothing", async () => {
  const nested = await askToken(target, { constructor: { prototype: { polluted: true } } });
  expect([nested.status, nested.body.error]).toEqual([400, "invalid_request"]);
  const form = `${new URLSearchParams(tokenParameters(target) as Record<string, string>)}&__proto__=x`;
  const inForm = await post(address, form, { "content-type": "application/x-www-form-urlencoded" });
  expect([inForm.status, inForm.body]).toEqual([
    400,
    { error: "invalid_request", error_description: "The body is not a valid form." },
  ]);
  expect(Reflect.get({}, "polluted")).toBeUndefined();
  expect((await askToken(target, { toString: "x", constructor: "x" })).status).toBe(200);
});

test.each(["client_id[]", "client_id[$ne]", "client_id.x"])(
  "C3 does not read the form field %s as client_id",
  async (name) => {
    const parameters = tokenParameters(target, { client_id: undefined, [name]: target.appId });
    const entries = Object.entries(parameters).filter(([, value]) => value !== undefined) as [
      string,
      string,
    ][];
    const { body, status } = await post(address, new URLSearchParams(entries));
    expect({ status, body }).toEqual({
      status: 400,
      body: { error: "invalid_request", error_description: "client_id is missing." },
    });
  },
);

test.each([
  ["bytes that are not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), "application/json"],
  ["an over-long encoding", Buffer.from([0x22, 0xc0, 0xaf, 0x22]), "application/json"],
  ["half a character", Buffer.from([0x22, 0xe2, 0x82]), "application/x-www-form-urlencoded"],
])("C3 rejects %s", async (_, content, type) => {
  const { body, status } = await call(address, {
    method: "POST",
    headers: { "content-type": type },
    body: content,
  });
  expect({ status, body }).toEqual({
    status: 400,
    body: { error: "invalid_request", error_description: "The body is not valid UTF-8." },
  });
});

test.each(["grant_type=%zz", "grant_type=%ff", "%=1"])("C3 rejects the form %s", async (text) => {
  const { body, status } = await post(address, text, { "content-type": "application/x-www-form-urlencoded" });
  expect({ status, body }).toEqual({
    status: 400,
    body: { error: "invalid_request", error_description: "The body is not a valid form." },
  });
});

test.each([
  [undefined, "invalid_request", "grant_type is missing."],
  ["", "invalid_request", "grant_type is missing."],
  [
    ["client_credentials"],
    "invalid_request",
    "Every parameter must be a plain value, not an object or an array.",
  ],
  ["password", "unsupported_grant_type", "grant_type must be client_credentials or strip_bound_session."],
  ["implicit", "unsupported_grant_type", "grant_type must be client_credentials or strip_bound_session."],
  [
    "CLIENT_CREDENTIALS",
    "unsupported_grant_type",
    "grant_type must be client_credentials or strip_bound_session.",
  ],
  [
    "client_credentials ",
    "unsupported_grant_type",
    "grant_type must be client_credentials or strip_bound_session.",
  ],
  ["__proto__", "unsupported_grant_type", "grant_type must be client_credentials or strip_bound_session."],
  ["constructor", "unsupported_grant_type", "grant_type must be client_credentials or strip_bound_session."],
])("C4 rejects the grant type %j", async (grant_type, error, error_description) => {
  const { body, status } = await askToken(target, { grant_type });
  expect({ status, body }).toEqual({ status: 400, body: { error, error_description } });
});

test("C5 ignores unknown parameters", async () => {
  const { body, status } = await askToken(target, { audience: "x", color: 1, nothing: null, on: true });
  expect({ status, keys: Object.keys(body) }).toEqual({
    status: 200,
    keys: ["access_token", "token_type", "expires_in"],
  });
});

test.each([
  ["gzip", gzipSync],
  ["br", brotliCompressSync],
])("C6 rejects a body compressed with %s, without decompressing it", async (encoding, compress) => {
  const bomb = compress(Buffer.alloc(1 << 20, " "));
  const headers = { ...json, "content-encoding": encoding };
  const { status } = await call(address, { method: "POST", headers, body: bomb });
  expect(status).toBe(415);
});

test("C8 prevents pages of other origins from reading responses", async () => {
  const evil = { origin: "https://evil.example" };
  const preflight = { ...evil, "access-control-request-method": "POST" };
  for (const { headers } of [
    await call(address, { method: "OPTIONS", headers: preflight }),
    await askToken(target, {}, evil),
  ]) {
    expect([...headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
  }
});

test.each([
  [
    "beyond what the owner granted",
    manageProducts,
    "The site's owner has not granted a scope that was asked for.",
  ],
  ["that is unknown", "SCOPE.NONE", "The site's owner has not granted a scope that was asked for."],
  ["that is empty", "", "scope must be a list of scope ids with one space between them."],
  [
    "with a tab",
    `${readProducts}\t${readProducts}`,
    "scope must be a list of scope ids with one space between them.",
  ],
  [
    "with two blanks",
    `${readProducts}  ${readProducts}`,
    "scope must be a list of scope ids with one space between them.",
  ],
  ["with a quote", `"${readProducts}"`, "scope must be a list of scope ids with one space between them."],
  [
    "of 5,000 parts",
    Array.from({ length: 5_000 }, (_, i) => `S${i}`).join(" "),
    "scope must be a list of scope ids with one space between them.",
  ],
])("C9 rejects a scope %s", async (_, scope, error_description) => {
  const { body, status } = await askToken(target, { scope });
  expect({ status, body }).toEqual({ status: 400, body: { error: "invalid_scope", error_description } });
});

test("C9 returns the granted scopes when scopes were requested, without duplicates", async () => {
  const { body } = await askToken(target, { scope: `${readProducts} ${readProducts}` });
  expect(body.scope).toBe(readProducts);
  expect(claimsOf(body.access_token).scope).toBe(readProducts);
});

test.each([
  ["that is unknown", "https://api.example"],
  ["with a trailing slash", (url: string) => `${url}/`],
  ["with a fragment", (url: string) => `${url}#x`],
  ["in another case", (url: string) => url.toUpperCase()],
  ["that is blank", " "],
])("C10 rejects a resource %s", async (_, resource) => {
  const asked = typeof resource === "string" ? resource : resource(target.url);
  const { body, status } = await askToken(target, { resource: asked });
  expect({ status, body }).toEqual({
    status: 400,
    body: { error: "invalid_target", error_description: "There is no such resource on this platform." },
  });
});

test("C10 rejects two resources, and accepts the platform's own", async () => {
  const form = `${new URLSearchParams(tokenParameters(target) as Record<string, string>)}`;
  const twice = await post(address, `${form}&resource=${target.url}&resource=${target.url}`, {
    "content-type": "application/x-www-form-urlencoded",
  });
  expect([twice.status, twice.body.error]).toEqual([400, "invalid_request"]);
  expect(claimsOf(await mint(target, { resource: target.url })).aud).toBe(target.url);
});

test("C10 treats an empty resource as absent", async () => {
  expect(claimsOf(await mint(target, { resource: "" })).aud).toBe(target.url);
});

test.each([-1, 0, 1e12, "abc", "86400"])(
  "C11 gives a lifetime of four hours for the requested lifetime %j",
  async (expires_in) => {
    const { body } = await askToken(target, { expires_in });
    const { exp, iat } = claimsOf(body.access_token);
    expect({ expires_in: body.expires_in, life: Number(exp) - Number(iat) }).toEqual({
      expires_in: 14_400,
      life: 14_400,
    });
  },
);
