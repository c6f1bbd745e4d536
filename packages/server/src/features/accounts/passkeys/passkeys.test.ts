import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { cookieOf, createAccount, sessionCaller, type TestAccount } from "@latchkey/test-support/accounts";
import { errorBody } from "@latchkey/test-support/management-client";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { minutes } from "../../../infrastructure/clock/index.ts";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";

const invalid = errorBody(
  "PASSKEY_INVALID",
  "The passkey is not accepted; request new options and try again.",
);

/** An authenticator in software (WebAuthn, ES256). */
class Authenticator {
  counter = 0;
  readonly id = randomBytes(32);
  readonly #key: KeyObject;
  readonly #cose: Buffer;
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#key = privateKey;
    const { x = "", y = "" } = publicKey.export({ format: "jwk" });
    const point = (value: string) =>
      Buffer.concat([Buffer.from([0x58, 32]), Buffer.from(value, "base64url")]);
    // CBOR: {1: 2, 3: -7, -1: 1, -2: x, -3: y}
    const head = Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01]);
    this.#cose = Buffer.concat([head, Buffer.from([0x21]), point(x), Buffer.from([0x22]), point(y)]);
  }

  create(challenge: string, change: Change = {}): Credential {
    const idLength = Buffer.from([0, this.id.length]);
    const attested = Buffer.concat([Buffer.alloc(16), idLength, this.id, this.#cose]);
    const data = this.#authenticatorData({ flags: 0x45, ...change }, attested);
    // CBOR: {"fmt": "none", "attStmt": {}, "authData": bytes}
    const object = Buffer.concat([
      Buffer.from([0xa3, 0x63]),
      Buffer.from("fmt"),
      Buffer.from([0x64]),
      Buffer.from("none"),
      Buffer.from([0x67]),
      Buffer.from("attStmt"),
      Buffer.from([0xa0, 0x68]),
      Buffer.from("authData"),
      Buffer.from([0x58, data.length]),
      data,
    ]);
    return this.#credential({
      clientDataJSON: this.#clientData("webauthn.create", challenge, change).toString("base64url"),
      attestationObject: object.toString("base64url"),
    });
  }

  get(challenge: string, { userHandle = "", ...change }: Change & { userHandle?: string }): Credential {
    this.counter += 1;
    const clientData = this.#clientData("webauthn.get", challenge, change);
    const data = this.#authenticatorData({ flags: 0x05, ...change });
    const signature = createSign("sha256").update(data).update(sha256(clientData)).sign(this.#key);
    return this.#credential({
      clientDataJSON: clientData.toString("base64url"),
      authenticatorData: data.toString("base64url"),
      signature: signature.toString("base64url"),
      userHandle,
    });
  }

  #credential(response: Record<string, string>): Credential {
    const id = this.id.toString("base64url");
    return { id, rawId: id, type: "public-key", clientExtensionResults: {}, response };
  }

  #clientData(type: string, challenge: string, change: Change): Buffer {
    const { crossOrigin = false, origin = this.#origin } = change;
    return Buffer.from(JSON.stringify({ type: change.type ?? type, challenge, origin, crossOrigin }));
  }

  #authenticatorData(
    { counter = this.counter, flags = 0, rpId = "localhost" }: Change,
    attested?: Buffer,
  ): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count, attested ?? Buffer.alloc(0)]);
  }
}

interface Change {
  readonly counter?: number;
  readonly flags?: number;
  readonly rpId?: string;
  readonly origin?: string;
  readonly crossOrigin?: boolean;
  readonly type?: string;
}

interface Credential {
  readonly id: string;
  readonly rawId: string;
  readonly type: "public-key";
  readonly clientExtensionResults: object;
  readonly response: Record<string, string>;
}

function sha256(data: string | Buffer): Buffer {
  return createHash("sha256").update(data).digest();
}

describe.each(["sqlite", "postgres"] as const)("a passkey on %s", (engine) => {
  let platform: TestPlatform;
  let account: TestAccount;
  let authenticator: Authenticator;
  let rpId: string;

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine, now: 1_767_323_045_678 });
    rpId = new URL(platform.url).hostname;
    account = await createAccount(platform, "ada");
    authenticator = new Authenticator(platform.url);
    expect((await register(account, authenticator)).status).toBe(200);
  });
  afterAll(() => platform.close());
  // Failed attempts of a test do not limit the next one.
  afterEach(() => platform.clock.advance(minutes(15)));

  const creationChallenge = async (of: TestAccount) =>
    String((await of.call("GET /me/passkey-options")).body.challenge);
  const register = async (
    of: TestAccount,
    device: Authenticator,
    change: Change = {},
    challenge?: string,
  ) => {
    const credential = device.create(challenge ?? (await creationChallenge(of)), { rpId, ...change });
    return await of.call("POST /me/passkeys", { body: { name: "Phone", credential } });
  };
  const post = async (path: string, body: object, headers: Record<string, string> = {}) =>
    await fetch(`${platform.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: platform.url, ...headers },
      body: JSON.stringify(body),
    });
  const signInChallenge = async () => {
    const response = await post("/sign-in/passkey-options", {});
    return ((await response.json()) as { challenge: string }).challenge;
  };
  const handleOf = ({ accountId }: TestAccount) => Buffer.from(accountId).toString("base64url");
  const assertion = async (change: Change & { userHandle?: string } = {}, challenge?: string) =>
    authenticator.get(challenge ?? (await signInChallenge()), {
      rpId,
      userHandle: handleOf(account),
      ...change,
    });
  const signIn = (credential: Credential) => post("/sign-in/passkey", { credential });
  const expectInvalid = async (response: Response) => {
    expect([response.status, response.headers.get("set-cookie"), await response.json()]).toEqual([
      401,
      null,
      invalid,
    ]);
  };

  test("signs in its account without a name or a password, with a new session", async () => {
    const response = await signIn(await assertion());
    expect(response.status).toBe(200);
    const me = await sessionCaller(platform, cookieOf(response))("GET /me");
    expect(me.body.account).toMatchObject({ accountId: account.accountId });
    const { body } = await account.call("GET /me/passkeys");
    expect(body.items).toEqual([
      {
        passkeyId: authenticator.id.toString("base64url"),
        name: "Phone",
        createdAt: "2026-01-02T03:04:05.678Z",
        usedAt: "2026-01-02T03:04:05.678Z",
      },
    ]);
  });

  test("is offered with the options of this host, with verification of the user", async () => {
    const { body } = await account.call("GET /me/passkey-options");
    expect(body).toMatchObject({
      rp: { id: rpId, name: "Latchkey" },
      user: { id: handleOf(account), name: "ada@example.com", displayName: "ada" },
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      excludeCredentials: [{ type: "public-key", id: authenticator.id.toString("base64url") }],
      timeout: 300_000,
    });
  });

  test("signs each challenge once", async () => {
    const challenge = await signInChallenge();
    expect((await signIn(await assertion({}, challenge))).status).toBe(200);
    await expectInvalid(await signIn(await assertion({}, challenge)));
  });

  test("signs a challenge once of 20 uses at the same time", async () => {
    const challenge = await signInChallenge();
    const credentials = await Promise.all(Array.from({ length: 20 }, () => assertion({}, challenge)));
    const responses = await Promise.all(credentials.map(signIn));
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test("signs a challenge within 5 minutes", async () => {
    const late = await signInChallenge();
    await platform.clock.advance(minutes(5));
    await expectInvalid(await signIn(await assertion({}, late)));
    const inTime = await signInChallenge();
    await platform.clock.advance(minutes(5) - 1);
    expect((await signIn(await assertion({}, inTime))).status).toBe(200);
  });

  test("is refused when its counter does not rise", async () => {
    for (const counter of [authenticator.counter, 1, 0]) {
      await expectInvalid(await signIn(await assertion({ counter })));
    }
    expect((await signIn(await assertion())).status).toBe(200);
  });

  test.each([
    ["of another origin", { origin: "https://evil.example" }],
    ["in a frame of another origin", { crossOrigin: true }],
    ["for another host", { rpId: "evil.example" }],
    ["of another kind", { type: "webauthn.create" }],
    ["without verification of the user", { flags: 0x01 }],
    ["without presence of the user", { flags: 0x04 }],
    ["of another account", { userHandle: Buffer.from("other").toString("base64url") }],
  ])("is refused with a response %s", async (_, change) => {
    await expectInvalid(await signIn(await assertion(change)));
  });

  test("is refused with a made-up challenge, one to register, and an altered signature", async () => {
    const challenge = await signInChallenge();
    const altered = `${challenge.slice(0, 10)}${challenge[10] === "A" ? "B" : "A"}${challenge.slice(11)}`;
    for (const given of ["AAAA", altered, await creationChallenge(account)]) {
      await expectInvalid(await signIn(await assertion({}, given)));
    }
    const { response, ...credential } = await assertion();
    const other = (await assertion()).response.signature ?? "";
    await expectInvalid(await signIn({ ...credential, response: { ...response, signature: other } }));
    await expectInvalid(await signIn({ ...(await assertion()), id: "unknown", rawId: "unknown" }));
  });

  test("H5 is refused from another origin, and with fields of other forms", async () => {
    const credential = await assertion();
    const foreign = await post("/sign-in/passkey", { credential }, { origin: "https://evil.example" });
    expect([foreign.status, await foreign.json()]).toMatchObject([
      403,
      { details: { applicationError: { code: "CROSS_ORIGIN_REQUEST" } } },
    ]);
    for (const body of [
      {},
      { credential: {} },
      { credential: { ...credential, id: "a b" } },
      { credential: [] },
    ]) {
      expect((await post("/sign-in/passkey", body)).status).toBe(400);
    }
  });

  test("does not sign in an account that is disabled", async () => {
    const { database } = platform.platform;
    const disable = (at: number | null) =>
      database.write((trx) =>
        trx
          .updateTable("accounts")
          .set({ disabled_at: at })
          .where("account_id", "=", account.accountId)
          .execute(),
      );
    await disable(1);
    expect((await signIn(await assertion())).status).toBe(401);
    await disable(null);
    expect((await signIn(await assertion())).status).toBe(200);
  });

  test("is registered in the session that got the challenge, once, and by verification of the user", async () => {
    const eve = await createAccount(platform, "eve");
    const challenge = await creationChallenge(eve);
    const device = new Authenticator(platform.url);
    for (const refused of [
      await register(account, device, {}, challenge),
      await register(eve, device, { origin: "https://evil.example" }, challenge),
      await register(eve, device, { flags: 0x41 }, challenge),
      await register(eve, device, { rpId: "evil.example" }, challenge),
      await register(eve, device, {}, await signInChallenge()),
    ]) {
      expect([refused.status, refused.body]).toEqual([401, invalid]);
    }
    expect((await register(eve, device, {}, challenge)).status).toBe(200);
    const used = await register(eve, new Authenticator(platform.url), {}, challenge);
    expect([used.status, used.body]).toEqual([401, invalid]);
    const twice = await register(account, device);
    expect([twice.status, twice.body]).toEqual([
      409,
      errorBody("PASSKEY_EXISTS", "This passkey is registered already."),
    ]);
  });

  test("is one of 20 of its account", async () => {
    const grace = await createAccount(platform, "grace");
    const attempts = Array.from({ length: 30 }, () => register(grace, new Authenticator(platform.url)));
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([...Array(20).fill(200), ...Array(10).fill(409)]);
    const more = await register(grace, new Authenticator(platform.url));
    expect([more.status, more.body]).toEqual([
      409,
      errorBody("TOO_MANY_PASSKEYS", "The account has as many passkeys as it may have; delete one first."),
    ]);
  });

  test("is deleted by its account only, and then signs in no more", async () => {
    const other = await createAccount(platform, "other");
    const path = `DELETE /me/passkeys/${authenticator.id.toString("base64url")}`;
    const foreign = await other.call(path);
    expect([foreign.status, foreign.body]).toEqual([
      404,
      errorBody("PASSKEY_NOT_FOUND", "The account has no passkey with this id."),
    ]);
    expect((await account.call(path)).status).toBe(200);
    await expectInvalid(await signIn(await assertion()));
  });
});
