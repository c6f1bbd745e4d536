import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseMasterKeys, Vault } from "../../../infrastructure/crypto/index.ts";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";
import { createLegacyApp, type LegacyApp } from "../../../testing/support/legacy-app.ts";
import { engines } from "../../../testing/test-database.ts";
import { LegacyCredentials } from "./legacy-credentials.ts";

const accountId = "account-1";

describe.each(engines)("install tokens on %s", (database) => {
  let platform: TestPlatform;
  let app: LegacyApp;
  let credentials: LegacyCredentials;
  beforeAll(async () => {
    platform = await createTestPlatform({ database });
    app = await createLegacyApp(platform);
    const vault = new Vault(parseMasterKeys(randomBytes(32).toString("hex")), randomBytes);
    credentials = new LegacyCredentials({ random: randomBytes, vault });
  });
  afterAll(() => platform.close());

  const now = () => platform.clock.now();
  const write: TestPlatform["platform"]["database"]["write"] = (work) =>
    platform.platform.database.write(work);
  const issue = () =>
    write((trx) =>
      credentials.issueInstallToken(trx, { appId: app.appId, siteId: app.siteId, accountId, now: now() }),
    );
  const use = (token: string, other: { appId?: string; accountId?: string } = {}) =>
    write((trx) =>
      credentials.useInstallToken(trx, { token, appId: app.appId, accountId, now: now(), ...other }),
    );

  test("F13 are used once, by the account and for the app that they were made for", async () => {
    const token = await issue();
    expect(token).toMatch(/^lki_[0-9A-Za-z]{49}$/);
    expect(await use(token, { accountId: "account-2" })).toEqual({ error: "other_account" });
    const other = await createLegacyApp(platform);
    expect(await use(token, { appId: other.appId })).toEqual({ error: "other_app" });
    expect(await use("unknown")).toEqual({ error: "unknown" });
    expect(await use(token)).toEqual({ siteId: app.siteId, accountId });
    expect(await use(token)).toEqual({ error: "used" });
  });

  test("can be read before they are used", async () => {
    const token = await issue();
    const read = platform.platform.database.read;
    const sent = { token, appId: app.appId, accountId, now: now() };
    for (let count = 0; count < 2; count += 1) {
      expect(await credentials.readInstallToken(read, sent)).toEqual({ siteId: app.siteId, accountId });
    }
  });

  test("expire after 10 minutes", async () => {
    const [early, late] = [await issue(), await issue()];
    await platform.clock.advance("599s");
    expect(await use(early)).toEqual({ siteId: app.siteId, accountId });
    await platform.clock.advance("1s");
    expect(await use(late)).toEqual({ error: "expired" });
  });

  test("100 uses at once: one succeeds", async () => {
    const token = await issue();
    const all = await Promise.all(Array.from({ length: 100 }, () => use(token)));
    expect(all.filter((check) => "siteId" in check)).toHaveLength(1);
  });
});
