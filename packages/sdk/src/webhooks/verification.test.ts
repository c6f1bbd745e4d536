import { createHmac } from "node:crypto";
import { failureOf } from "@latchkey/test-support/sdk/failure";
import { APP_ID, createScriptedPlatform, json } from "@latchkey/test-support/sdk/scripted-platform";
import {
  claimsOf,
  INSTANCE,
  ISSUER,
  makeKeys,
  NOW,
  type TestKeys,
} from "@latchkey/test-support/sdk/signed-webhook";
import { beforeAll, describe, expect, test } from "vitest";
import { AppStrategy } from "../app-strategy.ts";
import { createClient } from "../create-client.ts";

let own: TestKeys;
let other: TestKeys;
beforeAll(() => {
  [own, other] = [makeKeys("own"), makeKeys("other")];
});

function connect({
  publicKey,
  apiUrl,
  issuer,
}: Partial<Record<"apiUrl" | "issuer", string>> & {
  publicKey?: string | readonly string[];
} = {}) {
  const platform = createScriptedPlatform({ onCall: () => json({ keys: [other.jwk, own.jwk] }) });
  const auth = AppStrategy({ appId: APP_ID, publicKey: publicKey ?? own.publicKey });
  const options = { ...platform.options, ...(apiUrl === undefined ? {} : { apiUrl }) };
  return createClient({ auth, ...options, webhooks: { issuer } });
}
const seen = async (jwt: string, options = {}) => {
  const error = await failureOf(connect(options).webhooks.parseJWT(jwt));
  return [error.code, error.reason, error.message];
};

describe("a valid webhook", () => {
  test("has its event", async () => {
    expect(await connect().webhooks.parseJWT(own.sign(claimsOf()))).toEqual({
      eventType: "AppInstalled",
      instanceId: INSTANCE,
      payload: { appId: APP_ID, originInstanceId: null },
      identity: undefined,
      accountInfo: undefined,
      eventId: "event-1",
      sequence: 1,
      occurredAt: new Date((NOW - 1) * 1_000),
    });
  });

  test("has the identity and the account", async () => {
    const identity = '{"identityType":"WIX_USER","wixUserId":"77aa"}';
    const jwt = own.sign(claimsOf({ identity, accountInfo: { accountId: "a" } }));
    expect(await connect().webhooks.parseJWT(jwt)).toMatchObject({
      identity: { identityType: "WIX_USER", wixUserId: "77aa" },
      accountInfo: { accountId: "a" },
    });
  });

  test("has the id of its envelope without one in the claims", async () => {
    const data = JSON.stringify({ id: "envelope-1", entityFqdn: "a.b", createdEvent: { entity: {} } });
    const jwt = own.sign(claimsOf({ data }, { event_id: undefined }));
    expect((await connect().webhooks.parseJWT(jwt)).eventId).toBe("envelope-1");
  });

  test("can end with a line break", async () => {
    expect((await connect().webhooks.parseJWT(`${own.sign(claimsOf())}\n`)).eventId).toBe("event-1");
  });

  test.each(["http://localhost:4400", "http://[::1]:4400"])("can name loopback %s (FR-E9)", async (iss) => {
    const webhooks = connect({ apiUrl: "http://127.0.0.1:4400" }).webhooks;
    expect((await webhooks.parseJWT(own.sign(claimsOf({}, { iss })))).eventId).toBe("event-1");
  });

  test("can be from the future when the platform is on loopback", async () => {
    const apiUrl = "http://127.0.0.1:4400";
    const ahead = (change: object) =>
      own.sign(claimsOf({}, { iss: apiUrl, iat: NOW + 14_400, exp: NOW + 14_700, ...change }));
    expect((await connect({ apiUrl }).webhooks.parseJWT(ahead({}))).eventId).toBe("event-1");
    const endless = connect({ apiUrl }).webhooks.parseJWT(ahead({ exp: undefined }));
    expect((await failureOf(endless)).reason).toBe("from_future");
    expect((await seen(ahead({ iss: ISSUER })))[1]).toBe("from_future");
  });

  test("is accepted for one more minute, because clocks differ", async () => {
    const endedBy = (seconds: number) => own.sign(claimsOf({}, { exp: NOW - seconds }));
    expect((await connect().webhooks.parseJWT(endedBy(59))).eventId).toBe("event-1");
    expect((await seen(endedBy(60)))[1]).toBe("expired");
  });
});

describe("a public key", () => {
  const pem = () => own.publicKey;
  test.each<[string, () => string | string[]]>([
    ["as PEM", pem],
    ["with CRLF and blank lines", () => `\r\n${pem().replaceAll("\n", "\r\n")}\r\n`],
    ["with escaped line breaks", () => pem().replaceAll("\n", "\\n")],
    ["on one line with spaces", () => pem().replaceAll("\n", " ")],
    ["as base64 of the PEM", () => Buffer.from(pem()).toString("base64")],
    ["among several", () => [other.publicKey, pem()]],
  ])("is taken %s", async (_form, publicKey) => {
    const { webhooks } = connect({ publicKey: publicKey() });
    expect((await webhooks.parseJWT(own.sign(claimsOf()))).eventId).toBe("event-1");
  });

  test.each([
    [
      "-----BEGIN RSA PUBLIC KEY-----\nMIIB\n-----END RSA PUBLIC KEY-----",
      /is PKCS#1\. Convert it: openssl rsa/,
    ],
    [
      "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----",
      /is a private key, which only the platform/,
    ],
    ["-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----", /is not a complete RSA key/],
    ["my-key", /is not a public key. Pass what GET .*public-key returns/],
    ["", /is missing or no text/],
  ])("is rejected at once when it is %j", async (publicKey, text) => {
    const error = await failureOf(() => connect({ publicKey }));
    expect([error.code, error.message]).toEqual(["invalid_public_key", expect.stringMatching(text)]);
    expect(JSON.stringify(error) + error.stack).not.toContain("MIIB");
  });

  test("is fetched by its kid by default, once for 1,000 webhooks", async () => {
    const platform = createScriptedPlatform({ onCall: () => json({ keys: [other.jwk, own.jwk] }) });
    const secret = "91de0000-0000-4000-8000-000000000001";
    const auth = AppStrategy({ appId: APP_ID, appSecret: secret });
    const { webhooks } = createClient({ auth, ...platform.options });
    const jwt = own.sign(claimsOf());
    await Promise.all(Array.from({ length: 1_000 }, () => webhooks.parseJWT(jwt)));
    expect(platform.calls.map(({ token, url }) => [url, token])).toEqual([
      [`${ISSUER}/apps/${APP_ID}/.well-known/jwks.json`, null],
    ]);
    const unknown = makeKeys("unknown").sign(claimsOf());
    expect((await failureOf(webhooks.parseJWT(unknown))).reason).toBe("unknown_key");
    expect((await failureOf(webhooks.parseJWT(unknown))).reason).toBe("unknown_key");
    expect(platform.calls).toHaveLength(1);
    await platform.clock.advance(5_000);
    await failureOf(webhooks.parseJWT(unknown));
    expect(platform.calls).toHaveLength(2);
  });

  test("is required for the third-party platform, which publishes none", async () => {
    const secret = "91de0000-0000-4000-8000-000000000001";
    const auth = AppStrategy({ appId: APP_ID, appSecret: secret });
    const { webhooks } = createClient({ auth, apiUrl: "https://www.wixapis.com" });
    const error = await failureOf(webhooks.parseJWT(own.sign(claimsOf())));
    expect([error.code, error.message]).toEqual([
      "missing_public_key",
      "publicKey is missing, so signatures cannot be verified. Copy it from the app's page, or set apiUrl to a platform that publishes the keys of its apps.",
    ]);
  });
});

describe("G10 a webhook is rejected with:", () => {
  const header = (change: object) => ({ alg: "RS256", typ: "webhook+jwt", kid: "own", ...change });
  const flip = (jwt: string, part: number) => {
    const parts = jwt.split(".");
    const text = parts[part] ?? "";
    const at = Math.floor(text.length / 2);
    parts[part] = text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
    return parts.join(".");
  };
  const withMac = () => {
    const signed = own
      .sign(claimsOf(), header({ alg: "HS256" }))
      .split(".")
      .slice(0, 2)
      .join(".");
    return `${signed}.${createHmac("sha256", own.publicKey).update(signed).digest("base64url")}`;
  };
  test.each<[string, () => string, string]>([
    ["an altered signature", () => flip(own.sign(claimsOf()), 2), "bad_signature"],
    [
      "an altered payload",
      () =>
        own
          .sign(claimsOf())
          .replace(
            /\.[^.]+\./,
            (part) =>
              `${part.slice(0, -9)}${part.slice(-9).replace(/[A-Za-z]/, (one) => (one === "Q" ? "R" : "Q"))}`,
          ),
      "*",
    ],
    ["another app's key", () => other.sign(claimsOf()), "bad_signature"],
    ["another app's audience", () => own.sign(claimsOf({}, { aud: "another" })), "wrong_audience"],
    ["no audience", () => own.sign(claimsOf({}, { aud: undefined })), "wrong_audience"],
    ["another issuer", () => own.sign(claimsOf({}, { iss: "https://evil.test" })), "wrong_issuer"],
    ["an access token's type", () => own.sign(claimsOf(), header({ typ: "at+jwt" })), "wrong_type"],
    [
      "a service plugin's type",
      () => own.sign(claimsOf(), header({ typ: "service-plugin+jwt" })),
      "wrong_type",
    ],
    ["no type", () => own.sign(claimsOf(), header({ typ: undefined })), "wrong_type"],
    ["an expired webhook", () => own.sign(claimsOf({}, { exp: NOW - 61 })), "expired"],
    ["a webhook without times", () => own.sign(claimsOf({}, { exp: undefined, iat: undefined })), "expired"],
    [
      "an old webhook without exp",
      () => own.sign(claimsOf({}, { exp: undefined, iat: NOW - 3_661 })),
      "expired",
    ],
    ["no algorithm", () => own.sign(claimsOf(), header({ alg: "none" })), "malformed"],
    ["an HMAC with the public key", withMac, "malformed"],
    ["another algorithm", () => own.sign(claimsOf(), header({ alg: "RS512" })), "malformed"],
    ["two parts", () => own.sign(claimsOf()).split(".").slice(0, 2).join("."), "malformed"],
    ["padding", () => `${own.sign(claimsOf())}==`, "malformed"],
    ["no JWT", () => "hello", "malformed"],
    ["a megabyte", () => `${"A".repeat(1_000_001)}.a.a`, "malformed"],
    ["data that is an object", () => own.sign(claimsOf({}, { data: {} })), "malformed"],
    ["data that is not JSON", () => own.sign(claimsOf({}, { data: "{" })), "malformed"],
    ["a payload that is not JSON", () => own.sign(claimsOf({ data: "{" })), "malformed"],
  ])("%s", async (_name, jwt, reason) => {
    const text = jwt();
    const [code, actual, message] = await seen(text);
    expect(code).toBe("invalid_delivery");
    if (reason !== "*") expect(actual).toBe(reason);
    expect(message).toMatch(/^The webhook [\w\s,;:'+./]+\.$/);
    expect(message).not.toContain(text.slice(0, 40));
  });

  test("claims may be missing only on the third-party platform", async () => {
    const bare = own.sign(claimsOf({}, { iss: undefined, aud: undefined, event_id: undefined }), {
      alg: "RS256",
    });
    expect((await seen(bare))[1]).toBe("wrong_type");
    const there = connect({ apiUrl: "https://www.wixapis.com" });
    expect((await there.webhooks.parseJWT(bare)).eventType).toBe("AppInstalled");
    const typed = own.sign(claimsOf(), header({ typ: "service-plugin+jwt" }));
    expect((await failureOf(there.webhooks.parseJWT(typed))).reason).toBe("wrong_type");
  });

  test("an issuer other than the API URL is set by an option", async () => {
    const jwt = own.sign(claimsOf({}, { iss: "https://public.test" }));
    expect((await seen(jwt))[2]).toContain(
      "was issued by https://public.test, but this app accepts https://platform.test. Check apiUrl and the option issuer",
    );
    expect((await connect({ issuer: "https://public.test" }).webhooks.parseJWT(jwt)).eventId).toBe("event-1");
  });
});

describe("a body that is already parsed", () => {
  test.each<[string, () => Promise<unknown>]>([
    ["an object", () => connect().webhooks.parseJWT({ data: "x" } as never)],
    ["an object converted to text", () => connect().webhooks.parseJWT("[object Object]")],
    ["nothing", () => connect().webhooks.parseJWT(undefined as never)],
    ["a framework's own request", () => connect().webhooks.parseRequest({ body: {} } as never)],
    [
      "a request whose body was read",
      async () => {
        const request = new Request("https://a.test", { method: "POST", body: own.sign(claimsOf()) });
        await request.text();
        return await connect().webhooks.parseRequest(request);
      },
    ],
  ])("fails with advice for each framework: %s", async (_name, work) => {
    const error = await failureOf(work());
    expect(error.code).toBe("body_already_read");
    expect(error.message).toMatch(/express\.text\(.*addContentTypeParser\(.*bodyParser: false.*c\.req\.raw/);
  });
});
