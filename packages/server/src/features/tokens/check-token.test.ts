import { type ParsedToken, parseAccessToken } from "@latchkey/protocol";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestTokens, type TestTokens } from "../../testing/support/test-tokens.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import { signAccessToken } from "./access-token.ts";
import { checkToken } from "./check-token.ts";
import { createSignatureCache } from "./signature-cache.ts";
import type { TokenDependencies } from "./token-dependencies.ts";

const start = 1_767_323_045_678;
const installed = "state = 'installed'";
const unknownId = "00000000-0000-4000-8000-000000000000";

describe.each(engines)("a genuine token on %s", (engine) => {
  let storage: TestDatabase;
  let tokens: TestTokens;
  let deps: TokenDependencies;
  let token: string;
  let parsed: ParsedToken;

  beforeAll(async () => {
    storage = await createTestDatabase(engine);
    tokens = await createTestTokens(storage, (parts) => {
      deps = parts;
      return parts;
    });
    const { appId, instanceId, secret } = tokens.client;
    const ids = { client_id: appId, client_secret: secret, instance_id: instanceId };
    const response = await tokens.ask("/oauth2/token", { grant_type: "client_credentials", ...ids });
    token = ((await response.json()) as { access_token: string }).access_token;
    parsed = parseAccessToken(token) ?? expect.fail("the token cannot be read");
  });
  afterAll(() => storage.remove());

  // The clock stands at the same instant before each, and the rows are as they were.
  beforeEach(() => storage.clock.set(start));

  const set = (table: string, change: string) => run(`update ${table} set ${change}`);
  const run = (statement: string) => storage.database.write((trx) => sql.raw(statement).execute(trx));
  /** "ok", or why it was refused: by one who never saw the token, and by one who remembers its signature. */
  async function outcomes(): Promise<string[]> {
    const fresh = { ...deps, signatures: createSignatureCache(10) };
    const checks = [await checkToken(fresh, token), await checkToken(deps, token)];
    return checks.map((check) => ("live" in check ? "ok" : check.refusal));
  }
  const both = (outcome: string) => [outcome, outcome];

  test("is good, with what it says and what it may do", async () => {
    expect(await outcomes()).toEqual(both("ok"));
    expect(await checkToken(deps, token)).toMatchObject({
      live: {
        claims: { client_id: tokens.client.appId, instance_id: tokens.client.instanceId, gen: [1, 1, 1] },
      },
    });
  });

  // Change, what comes of it, and how it is undone.
  test.each([
    ["the platform's number was raised", "platform", "gen = 2", "generation_raised", "gen = 1"],
    ["the platform's number is lower", "platform", "gen = 0", "generation_raised", "gen = 1"],
    ["the app's number was raised", "apps", "gen = 2", "generation_raised", "gen = 1"],
    ["the instance's number was raised", "instances", "gen = 2", "generation_raised", "gen = 1"],
    ["the app is disabled", "apps", "enabled = 0", "app_disabled", "enabled = 1"],
    ["the app was deleted", "apps", "deleted_at = 1", "app_gone", "deleted_at = null"],
    ["the instance is suspended", "instances", "state = 'suspended'", "instance_not_installed", installed],
    ["the instance was removed", "instances", "state = 'removed'", "instance_not_installed", installed],
    ["the secret leaked", "app_secrets", "compromised_at = 1", "secret_compromised", "compromised_at = null"],
    ["the secret expired", "app_secrets", "expires_at = 1", "ok", "expires_at = null"],
    ["the secret was deleted", "app_secrets", "deleted_at = 1", "ok", "deleted_at = null"],
    ["the key was retired", "signing_keys", "retired_at = 1", "ok", "retired_at = null"],
    ["the key is removed now", "signing_keys", `removed_at = ${start}`, "key_removed", "removed_at = null"],
    ["the key is removed next", "signing_keys", `removed_at = ${start + 1}`, "ok", "removed_at = null"],
    ["the site has another name", "sites", "name = 'Renamed'", "ok", "name = 'Site'"],
  ])("%s", async (_, table, change, outcome, undo) => {
    await set(table, change);
    expect(await outcomes()).toEqual(both(outcome));
    await set(table, undo);
    expect(await outcomes()).toEqual(both("ok"));
  });

  test("it was revoked, alone", async () => {
    await run(`insert into revoked_tokens values ('${parsed.claims.jti}', ${start})`);
    expect(await outcomes()).toEqual(both("revoked"));
    await run("delete from revoked_tokens");
    await run(`insert into revoked_tokens values ('another', ${start})`);
    expect(await outcomes()).toEqual(both("ok"));
  });

  test("its time has come", async () => {
    const end = parsed.claims.exp * 1_000;
    await storage.clock.set(end - 1);
    expect(await outcomes()).toEqual(both("ok"));
    await storage.clock.set(end);
    expect(await outcomes()).toEqual(both("expired"));
  });

  test("may do what is granted now, not what was granted when it was made", async () => {
    const scopes = async () => {
      const check = await checkToken(deps, token);
      return "live" in check ? check.live.scopes : check.refusal;
    };
    const before = await scopes();
    expect(before).toEqual(parsed.claims.scope.split(" "));
    await set("instances", "granted_scopes = '[\"SCOPE.LATER\"]'");
    expect(await scopes()).toEqual([]);
    await set("instances", `granted_scopes = '${JSON.stringify(before)}'`);
    expect(await scopes()).toEqual(before);
  });

  test.each([
    ["another issuer", { iss: "https://other.example" }, "wrong_issuer"],
    ["another audience", { aud: "https://other.example" }, "wrong_audience"],
    ["a life longer than any token has", { exp: 1_767_323_045 + 14_401 }, "lives_too_long"],
    ["an app that is not there", { client_id: unknownId, sub: unknownId }, "app_gone"],
    ["another app's instance", { instance_id: unknownId }, "instance_gone"],
    ["another secret", { secret_id: unknownId }, "secret_compromised"],
    ["an app that it does not act as", { client_id: unknownId }, "malformed"],
    ["a user that was never a member", { sub: "user-1", gen: [1, 1, 1, 1] }, "member_gone"],
    ["numbers of another kind", { gen: [1, 1, -1] }, "malformed"],
    ["no numbers", { gen: undefined }, "malformed"],
  ])("that we signed with %s is refused", async (_, claims, refusal) => {
    const privateKey = await deps.keyRing.privateKey(parsed.kid);
    const forged = await signAccessToken({ ...parsed.claims, ...claims }, { kid: parsed.kid, privateKey });
    expect(await checkToken(deps, forged)).toEqual({ refusal });
  });

  test("every outcome is counted", async () => {
    const before = await counted("ok");
    await checkToken(deps, token);
    await checkToken(deps, "garbage");
    expect(await counted("ok")).toBe(before + 1);
    expect(await counted("malformed")).toBeGreaterThan(0);
  });

  async function counted(outcome: string): Promise<number> {
    const { values } = await deps.metrics.tokenChecks.get();
    return values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
  }
});
