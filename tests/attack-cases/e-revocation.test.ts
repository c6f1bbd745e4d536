import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askAbout, callApi, createTarget, installApp, mint, post, type Target, tokenInfo } from "./target.ts";

const actor = { name: "test", requestId: "" };

describe.each(["sqlite", "postgres"] as const)("on %s", (database) => {
  let target: Target;

  beforeAll(async () => {
    target = await createTarget({ database });
  });
  afterAll(() => target.platform.close());

  const revoke = (token: string, hint?: string) =>
    askAbout(target, "revoke", { token, ...(hint === undefined ? {} : { token_type_hint: hint }) });
  const isActive = async (token: string) => (await tokenInfo(target, token)).active;

  test("E4 responds the same to a first, a repeated and an unknown revocation", async () => {
    const token = await mint(target);
    for (const text of [token, token, "unknown", await mint(target).then((other) => other.slice(0, -1))]) {
      const { body, status } = await revoke(text);
      expect({ status, body }).toEqual({ status: 200, body: {} });
    }
    expect(await isActive(token)).toBe(false);
  });

  test("E5 does not revoke another app's token, and responds the same", async () => {
    const other = { url: target.url, ...(await installApp(target.platform)) };
    const token = await mint(other);
    const { body, status } = await revoke(token);
    expect({ status, body }).toEqual({ status: 200, body: {} });
    expect(await isActive(token)).toBe(true);
  });

  test("E6 applies the strictest of several revocations, in any order", async () => {
    const { apps, database: db, instances } = target.platform.platform;
    const ofApp = () => db.write((trx) => apps.revokeTokens(trx, actor, target.appId));
    const ofInstance = () => db.write((trx) => instances.revokeTokens(trx, actor, target.instanceId));
    for (const [first, second] of [
      [ofApp, ofInstance],
      [ofInstance, ofApp],
    ] as const) {
      const before = await mint(target);
      await first();
      const between = await mint(target);
      expect([await isActive(before), await isActive(between)]).toEqual([false, true]);
      await second();
      expect([await isActive(before), await isActive(between)]).toEqual([false, false]);
      expect(await isActive(await mint(target))).toBe(true);
    }
  });

  test("E6 revokes all tokens when the platform's counter is raised, as after a restore", async () => {
    const other = { url: target.url, ...(await installApp(target.platform)) };
    const tokens = [await mint(target), await mint(other)];
    await target.platform.platform.database.write((trx) =>
      trx
        .updateTable("platform")
        .set((eb) => ({ gen: eb("gen", "+", 1) }))
        .execute(),
    );
    for (const token of tokens) expect(await isActive(token)).toBe(false);
    expect(await isActive(await mint(other))).toBe(true);
  });

  test("E6 revokes the tokens of one instance only", async () => {
    const { siteId } = await target.platform.createSite();
    const { instanceId } = await target.platform.install({ appId: target.appId, siteId });
    const sibling = await mint({ ...target, instanceId });
    const { database: db, instances } = target.platform.platform;
    await db.write((trx) => instances.revokeTokens(trx, actor, target.instanceId));
    expect(await isActive(sibling)).toBe(true);
  });

  test("E7 revokes a token from the next request on, and no other token of the instance", async () => {
    const [token, sibling] = [await mint(target), await mint(target)];
    await revoke(token);
    expect([await isActive(token), await isActive(sibling)]).toEqual([false, true]);
  });

  const exchange = async (token: string) =>
    await post(`${target.url}/oauth2/token`, {
      ...{ grant_type: "strip_bound_session", client_secret: target.secret, access_token: token },
    });
  const exchanged = async (token: string): Promise<string> => (await exchange(token)).body.access_token;

  test("E7 revokes all tokens that were exchanged from a revoked token, but not its origin", async () => {
    const first = await mint(target);
    const [second, sibling] = [await exchanged(first), await exchanged(first)];
    const third = await exchanged(second);
    const active = async () => await Promise.all([first, second, sibling, third].map(isActive));
    expect(await active()).toEqual([true, true, true, true]);
    await revoke(second);
    expect(await active()).toEqual([true, false, true, false]);
    expect((await callApi(target, third)).status).toBe(401);
    expect((await askAbout(target, "introspect", { token: third })).body).toEqual({ active: false });
    await revoke(third);
    await revoke(first);
    expect(await active()).toEqual([false, false, false, false]);
  });

  test("E7 allows three exchanges in a row", async () => {
    const tokens = [await mint(target)];
    for (let count = 0; count < 3; count += 1) tokens.push(await exchanged(tokens[count] ?? ""));
    const fourth = await exchange(tokens[3] ?? "");
    expect({ status: fourth.status, body: fourth.body }).toEqual({
      status: 400,
      body: {
        error: "invalid_grant",
        error_description:
          "access_token is the result of 3 consecutive exchanges; exchange the token that the page received.",
      },
    });
    await revoke(tokens[0] ?? "");
    expect(await isActive(tokens[3] ?? "")).toBe(false);
  });

  test("E7 keeps a token revoked until it expires, despite housekeeping", async () => {
    const token = await mint(target);
    await revoke(token);
    await target.platform.clock.advance(4 * 3_600_000 - 1_000);
    expect(await isActive(token)).toBe(false);
  });

  test.each(["refresh_token", "nonsense", "access_token", ""])(
    "E8 revokes with the hint %j",
    async (hint) => {
      const token = await mint(target);
      expect((await revoke(token, hint)).status).toBe(200);
      expect(await isActive(token)).toBe(false);
    },
  );

  test("E8 revokes a token in either format", async () => {
    const token = await mint(target);
    await revoke(`OauthNG.JWS.${token}`);
    expect([await isActive(token), await isActive(`OauthNG.JWS.${token}`)]).toEqual([false, false]);
  });

  test("E9 rejects a revoked token everywhere", async () => {
    const token = await mint(target);
    const authorization = `Bearer ${token}`;
    const doors = [
      () => callApi(target, authorization),
      () => callApi(target, token),
      () => post(`${target.url}/stores/v1/products/query`, {}, { authorization }),
      () => post(`${target.url}/stores-reader/v1/products/query`, {}, { authorization }),
    ];
    for (const open of doors) expect((await open()).status).toBe(200);
    await revoke(token);
    for (const open of doors) {
      const { body, headers, status } = await open();
      expect({ status, body }).toEqual({
        status: 401,
        body: {
          message: "The access token is invalid, expired or revoked; request a new one.",
          details: {
            applicationError: {
              code: "UNAUTHENTICATED",
              description: "The access token is invalid, expired or revoked; request a new one.",
              data: {},
            },
          },
        },
      });
      expect(headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
    }
    expect((await askAbout(target, "introspect", { token })).body).toEqual({ active: false });
  });
});
