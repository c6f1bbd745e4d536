import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parseMasterKeys, Vault } from "../../../infrastructure/crypto/index.ts";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";
import { createLegacyApp, type LegacyApp } from "../../../testing/support/legacy-app.ts";
import { engines } from "../../../testing/test-database.ts";
import { LegacyCredentials } from "./legacy-credentials.ts";

const accountId = "account-1";

describe.each(engines)("install tokens and codes on %s", (database) => {
  let platform: TestPlatform;
  let app: LegacyApp;
  let credentials: LegacyCredentials;
  beforeAll(async () => {
    platform = await createTestPlatform({ database });
    const vault = new Vault(parseMasterKeys(randomBytes(32).toString("hex")), randomBytes);
    credentials = new LegacyCredentials({ random: randomBytes, vault });
  });
  beforeEach(async () => {
    app = await createLegacyApp(platform);
  });
  afterAll(() => platform.close());

  const now = () => platform.clock.now();
  const write: TestPlatform["platform"]["database"]["write"] = (work) =>
    platform.platform.database.write(work);
  const issue = (owner: { appId?: string; accountId?: string } = {}) =>
    write((trx) => {
      const { appId, siteId } = app;
      return credentials.issueInstallToken(trx, { appId, siteId, accountId, now: now(), ...owner });
    });
  const use = (token: string, other: { appId?: string; accountId?: string } = {}) =>
    write((trx) =>
      credentials.useInstallToken(trx, { token, appId: app.appId, accountId, now: now(), ...other }),
    );

  test("F13 install tokens are used once, by the account and for the app that they were made for", async () => {
    const token = await issue();
    expect(token).toMatch(/^lki_[0-9A-Za-z]{49}$/);
    expect(await use(token, { accountId: "account-2" })).toEqual({ error: "other_account" });
    const other = await createLegacyApp(platform);
    expect(await use(token, { appId: other.appId })).toEqual({ error: "other_app" });
    expect(await use("unknown")).toEqual({ error: "unknown" });
    expect(await use(token)).toEqual({ siteId: app.siteId, accountId });
    expect(await use(token)).toEqual({ error: "used" });
  });

  test("install tokens can be read before they are used", async () => {
    const token = await issue();
    const read = platform.platform.database.read;
    const sent = { token, appId: app.appId, accountId, now: now() };
    for (let count = 0; count < 2; count += 1) {
      expect(await credentials.readInstallToken(read, sent)).toEqual({ siteId: app.siteId, accountId });
    }
  });

  test("install tokens expire after 10 minutes", async () => {
    const [early, late] = [await issue(), await issue()];
    await platform.clock.advance("599s");
    expect(await use(early)).toEqual({ siteId: app.siteId, accountId });
    await platform.clock.advance("1s");
    expect(await use(late)).toEqual({ error: "expired" });
  });

  test("an account has at most 20 of an app: a further one replaces the oldest", async () => {
    const other = await createLegacyApp(platform);
    const kept = { accountId: "account-2", appId: app.appId };
    const keptToo = { accountId, appId: other.appId };
    const [ofAnother, ofAnotherApp] = [await issue(kept), await issue(keptToo)];
    const tokens: string[] = [];
    for (let count = 0; count < 21; count += 1) {
      await platform.clock.advance("1s");
      tokens.push(await issue());
    }
    const rows = await platform.platform.database.read
      .selectFrom("legacy_install_tokens")
      .select("digest")
      .where("account_id", "=", accountId)
      .where("app_id", "=", app.appId)
      .execute();
    expect(rows).toHaveLength(20);
    expect(await use(tokens[0] ?? "")).toEqual({ error: "unknown" });
    expect(await use(tokens[1] ?? "")).toEqual({ siteId: app.siteId, accountId });
    expect(await use(ofAnother, kept)).toMatchObject({ accountId: "account-2" });
    expect(await use(ofAnotherApp, keptToo)).toMatchObject({ accountId });
  });

  test("an instance has at most 100 codes: a further one replaces the oldest", async () => {
    const codes: string[] = [];
    const exchange = (code = "") => app.ask("/oauth/access", { grant_type: "authorization_code", code });
    for (let count = 0; count < 101; count += 1) {
      await platform.clock.advance("1s");
      codes.push(await app.code());
    }
    expect((await exchange(codes[0])).body.reason).toBe("unknown_code");
    expect((await exchange(codes[1])).status).toBe(200);
  });

  test("100 uses of an install token at once: one succeeds", async () => {
    const token = await issue();
    const all = await Promise.all(Array.from({ length: 100 }, () => use(token)));
    expect(all.filter((check) => "siteId" in check)).toHaveLength(1);
  });
});
