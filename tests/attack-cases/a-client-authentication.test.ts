import { claimsOf } from "@latchkey/test-support/forged-token";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askToken, basic, call, createTarget, post, type Target, tokenParameters } from "./target.ts";

const refusedClient = {
  error: "invalid_client",
  error_description: "The client is unknown or its secret is wrong.",
};

describe.each(["sqlite", "postgres"] as const)("on %s", (database) => {
  let target: Target;
  let token: string;

  beforeAll(async () => {
    target = await createTarget({ database });
    token = `${target.url}/oauth2/token`;
  });
  afterAll(() => target.platform.close());

  test("A1 gives a token for the right id and secret as JSON", async () => {
    const { body, headers, status } = await askToken(target);
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]{86}$/),
      token_type: "Bearer",
      expires_in: 14_400,
    });
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test("A2 gives the same token for a form", async () => {
    const { body, status } = await post(token, form(target));
    expect(status).toBe(200);
    const { jti: _, ...claims } = claimsOf(body.access_token);
    const { jti: __, ...expected } = claimsOf((await askToken(target)).body.access_token);
    expect(claims).toEqual(expected);
  });

  test.each(["grantType", "clientId", "clientSecret", "instanceId"])(
    "A2 accepts the parameter name %s",
    async (name) => {
      const standard = name.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`);
      const value = tokenParameters(target)[standard];
      expect((await askToken(target, { [standard]: undefined, [name]: value })).status).toBe(200);
    },
  );

  test("A3 accepts HTTP Basic, every character of id and secret escaped", async () => {
    const escaped = (text: string): string =>
      [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join("");
    const pair = Buffer.from(`${escaped(target.appId)}:${escaped(target.secret)}`).toString("base64");
    for (const authorization of [
      `Basic ${pair}`,
      `basic ${pair}`,
      basic(target.appId, target.secret).authorization,
    ]) {
      const { status } = await post(token, form(target, ["client_id", "client_secret"]), { authorization });
      expect(status).toBe(200);
    }
  });

  test.each([
    ["a colon", ":"],
    ["a per cent sign", "%"],
    ["a plus", "+"],
    ["a letter of another script", "ж"],
  ])("A3 reads %s in a secret as a part of the secret", async (_, character) => {
    const { body, headers, status } = await post(
      token,
      form(target, ["client_id", "client_secret"]),
      basic(target.appId, `${target.secret}${character}`),
    );
    expect({ status, body }).toEqual({ status: 401, body: refusedClient });
    expect(headers.get("www-authenticate")).toBe('Basic realm="latchkey"');
  });

  test("A4 rejects a secret in the header and in the body", async () => {
    const { body, status } = await askToken(target, {}, basic(target.appId, target.secret));
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        error: "invalid_request",
        error_description: "Send the secret in the header or in the body, not in both.",
      },
    });
  });

  test("A5 rejects a header and a body that name different clients", async () => {
    const other = await target.platform.createApp();
    const changes = { client_id: other.appId, client_secret: undefined };
    const { body, status } = await askToken(target, changes, basic(target.appId, target.secret));
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        error: "invalid_request",
        error_description: "The header and the body name different clients.",
      },
    });
  });

  test("A5 accepts a header and a body that name the same client", async () => {
    const { status } = await askToken(
      target,
      { client_secret: undefined },
      basic(target.appId, target.secret),
    );
    expect(status).toBe(200);
  });

  test.each([
    [
      "with one bit off",
      (secret: string) => secret.replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) ^ 1)),
    ],
    ["cut short", (secret: string) => secret.slice(0, -1)],
    ["with a trailing space", (secret: string) => `${secret} `],
    ["in another case", (secret: string) => secret.toUpperCase()],
    ["with a trailing NUL", (secret: string) => `${secret}\0`],
    ["60,000 characters long", () => "x".repeat(60_000)],
    ["that is half a surrogate", () => "\ud800"],
    ["that looks like SQL", () => "' OR '1'='1"],
  ])("A6 rejects a secret %s", async (_, change) => {
    const { body, headers, status } = await askToken(target, { client_secret: change(target.secret) });
    expect({ status, body }).toEqual({ status: 401, body: refusedClient });
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.has("www-authenticate")).toBe(false);
  });

  test.each([
    ["empty", "", "client_secret is missing."],
    ["missing", undefined, "client_secret is missing."],
    ["null", null, "client_secret must be a string."],
    ["a number", 1e308, "client_secret must be a string."],
    ["true", true, "client_secret must be a string."],
    ["an array", ["secret"], "Every parameter must be a plain value, not an object or an array."],
    ["an object", { $ne: null }, "Every parameter must be a plain value, not an object or an array."],
  ])("A6 rejects a secret that is %s", async (_, client_secret, error_description) => {
    const { body, status } = await askToken(target, { client_secret });
    expect({ status, body }).toEqual({ status: 400, body: { error: "invalid_request", error_description } });
  });

  test("A6 rejects a secret of 1 MB", async () => {
    const { body, status } = await askToken(target, { client_secret: "x".repeat(1 << 20) });
    expect({ status, body }).toEqual({
      status: 413,
      body: { error: "invalid_request", error_description: "The body may have at most 65536 bytes." },
    });
  });

  test.each(["client_secret", "clientSecret", "client_id", "instance_id", "token", "grant_type"])(
    "A9 rejects %s in the URL",
    async (name) => {
      const { body, status, text } = await call(`${token}?${name}=${target.secret}`, {
        method: "POST",
        body: form(target),
      });
      expect(status).toBe(400);
      expect(body.error).toBe("invalid_request");
      expect(body.error_description).toMatch(/^Send parameters in the body, never in the URL\./);
      expect(text).not.toContain(target.secret);
    },
  );

  test.each([
    ["in another case", (id: string) => id.toUpperCase()],
    ["with a trailing space", (id: string) => `${id} `],
    ["with a leading space", (id: string) => ` ${id}`],
    ["with a trailing NUL", (id: string) => `${id}\0`],
    ["with a trailing line feed", (id: string) => `${id}\n`],
    ["with a wide hyphen", (id: string) => id.replace("-", "\uff0d")],
    [
      "with full-width digits",
      (id: string) => id.replaceAll(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
    ],
    ["with a combining mark", (id: string) => `${id}\u0301`],
    ["without hyphens", (id: string) => id.replaceAll("-", "")],
    ["in braces", (id: string) => `{${id}}`],
    ["that is the nil GUID", () => "00000000-0000-0000-0000-000000000000"],
    ["that looks like SQL", () => "' OR 1=1 --"],
  ])("A10 rejects an app id %s", async (_, change) => {
    const client_id = change(target.appId);
    expect(await refusalOf(askToken(target, { client_id }))).toEqual([401, refusedClient]);
    const inHeader = askToken(
      target,
      { client_id: undefined, client_secret: undefined },
      basic(client_id, target.secret),
    );
    expect(await refusalOf(inHeader)).toEqual([401, refusedClient]);
  });

  test("A11 rejects a duplicate JSON key, also when escaped", async () => {
    const once = JSON.stringify(tokenParameters(target)).slice(0, -1);
    for (const again of [
      `,"client_secret":"x"}`,
      String.raw`,"client\u005fsecret":"x"}`,
      `,"other":1,"other":2}`,
    ]) {
      const { body, status } = await post(token, once + again, { "content-type": "application/json" });
      expect({ status, body }).toEqual({
        status: 400,
        body: { error: "invalid_request", error_description: "The body names the same key twice." },
      });
    }
  });

  test("A11 rejects a duplicate form field, also when escaped", async () => {
    for (const again of ["&client_secret=x", "&client%5Fsecret=x", "&other=1&other=2"]) {
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const { body, status } = await post(token, `${form(target)}${again}`, headers);
      expect({ status, body }).toEqual({
        status: 400,
        body: { error: "invalid_request", error_description: "The body names the same key twice." },
      });
    }
  });

  test("A11 rejects two spellings of one parameter", async () => {
    const { body, status } = await askToken(target, { clientId: target.appId });
    expect({ status, body }).toEqual({
      status: 400,
      body: { error: "invalid_request", error_description: "client_id is given twice." },
    });
  });

  test.each([
    ["without a colon", "Zm9v"],
    ["with broken escapes", Buffer.from("%zz:%").toString("base64")],
    ["that is not base64", "!!!"],
    ["that is empty", ""],
  ])("A3 rejects a Basic header %s", async (_, value) => {
    const changes = { client_id: undefined, client_secret: undefined };
    const { body, headers, status } = await askToken(target, changes, { authorization: `Basic ${value}` });
    expect({ status, body }).toEqual({
      status: 401,
      body: {
        error: "invalid_client",
        error_description: "Authenticate with HTTP Basic, or with client_id and client_secret in the body.",
      },
    });
    expect(headers.get("www-authenticate")).toBe('Basic realm="latchkey"');
  });

  test.each(["Bearer x", "Digest username=x", "x"])(
    "A3 rejects the authorization %s",
    async (authorization) => {
      const { body, headers, status } = await askToken(target, {}, { authorization });
      expect({ status, error: body.error }).toEqual({ status: 401, error: "invalid_client" });
      expect(headers.get("www-authenticate")).toBe('Basic realm="latchkey"');
    },
  );
});

async function refusalOf(reply: ReturnType<typeof askToken>): Promise<[number, unknown]> {
  const { body, status } = await reply;
  return [status, body];
}

function form(target: Target, without: readonly string[] = []): URLSearchParams {
  const entries = Object.entries(tokenParameters(target)) as [string, string][];
  return new URLSearchParams(entries.filter(([name]) => !without.includes(name)));
}
