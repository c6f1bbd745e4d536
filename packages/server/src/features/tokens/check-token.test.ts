import { type ParsedToken, parseAccessToken } from "@latchkey/protocol";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { nextTurn } from "../../infrastructure/clock/index.ts";
import { createTestTokens, type TestTokens } from "../../testing/support/test-tokens.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import { signAccessToken } from "./access-token.ts";
import { checkToken, hasPermission } from "./check-token.ts";
import { ParsedTokenCache } from "./parsed-token-cache.ts";
import type { TokenDependencies } from "./token-dependencies.ts";

const start = 1_767_323_045_678;
const installed = "state = 'installed'";
const unknownId = "00000000-0000-4000-8000-000000000000";

describe.each(engines)("a token with a valid signature on %s", (engine) => {
  let storage: TestDatabase;
  let tokens: TestTokens;
  let deps: TokenDependencies;
  let token: string;
  let parsed: ParsedToken;

  beforeAll(async () => {
    storage = await createTestDatabase(engine);
    tokens = await createTestTokens(storage, (created) => {
      deps = created;
      return created;
    });
    const { appId, instanceId, secret } = tokens.client;
    const ids = { client_id: appId, client_secret: secret, instance_id: instanceId };
    const response = await tokens.ask("/oauth2/token", { grant_type: "client_credentials", ...ids });
    token = ((await response.json()) as { access_token: string }).access_token;
    parsed = parseAccessToken(token) ?? expect.fail("the token cannot be parsed");
  });
  afterAll(() => storage.remove());

  // Each test starts at the same time and restores the rows that it changes.
  beforeEach(() => storage.clock.set(start));

  const set = (table: string, change: string) => run(`update ${table} set ${change}`);
  const run = (statement: string) => storage.database.write((trx) => sql.raw(statement).execute(trx));
  /** "ok" or the reason, without and with the token in the cache. */
  async function outcomes(): Promise<string[]> {
    const fresh = { ...deps, parsedTokens: new ParsedTokenCache(10) };
    const checks = [await checkToken(fresh, token), await checkToken(deps, token)];
    return checks.map((check) => ("token" in check ? "ok" : check.reason));
  }
  const both = (outcome: string) => [outcome, outcome];

  test("is valid, and its claims are returned", async () => {
    expect(await outcomes()).toEqual(both("ok"));
    expect(await checkToken(deps, token)).toMatchObject({
      token: {
        claims: { client_id: tokens.client.appId, instance_id: tokens.client.instanceId, gen: [1, 1, 1] },
      },
    });
  });

  test("is read together with the scopes of a permission, and these are not read again (FR-A2)", async () => {
    const { queries } = deps;
    const order: string[] = [];
    const state = vi.spyOn(queries, "readState").mockImplementation(async (keys) => {
      order.push("state");
      await nextTurn();
      order.push("read");
      state.mockRestore();
      return await queries.readState(keys);
    });
    const scopes = vi.spyOn(queries, "scopesWith").mockImplementation(async () => {
      order.push("scopes");
      return [];
    });
    const check = await checkToken(deps, token, { permission: "A" });
    if (!("token" in check)) return expect.fail(check.reason);
    expect(await hasPermission(deps, check.token, "A")).toBe(false);
    expect(order).toEqual(["state", "scopes", "read"]);
    await hasPermission(deps, check.token, "B");
    expect(order).toEqual(["state", "scopes", "read", "scopes"]);
    scopes.mockRestore();
  });

  // Table, change, outcome, and the change that restores the row.
  test.each([
    [
      "is invalid when the generation of the app is higher",
      "apps",
      "gen = 2",
      "generation_raised",
      "gen = 1",
    ],
    [
      "is invalid when the generation of the instance is higher",
      "instances",
      "gen = 2",
      "generation_raised",
      "gen = 1",
    ],
    ["is invalid when the app is disabled", "apps", "enabled = 0", "app_disabled", "enabled = 1"],
    ["is invalid when the app is deleted", "apps", "deleted_at = 1", "app_gone", "deleted_at = null"],
    [
      "is invalid when the instance is suspended",
      "instances",
      "state = 'suspended'",
      "instance_not_installed",
      installed,
    ],
    [
      "is invalid when the instance is removed",
      "instances",
      "state = 'removed'",
      "instance_not_installed",
      installed,
    ],
    [
      "is invalid when the secret is compromised",
      "app_secrets",
      "compromised_at = 1",
      "secret_compromised",
      "compromised_at = null",
    ],
    ["is valid when the secret has expired", "app_secrets", "expires_at = 1", "ok", "expires_at = null"],
    ["is valid when the secret is deleted", "app_secrets", "deleted_at = 1", "ok", "deleted_at = null"],
    ["is valid when the signing key is retired", "signing_keys", "retired_at = 1", "ok", "retired_at = null"],
    [
      "is invalid when the signing key is removed now",
      "signing_keys",
      `removed_at = ${start}`,
      "key_removed",
      "removed_at = null",
    ],
    [
      "is valid when the signing key is removed later",
      "signing_keys",
      `removed_at = ${start + 1}`,
      "ok",
      "removed_at = null",
    ],
    ["is valid when the site has another name", "sites", "name = 'Renamed'", "ok", "name = 'Site'"],
  ])("%s", async (_, table, change, outcome, undo) => {
    await set(table, change);
    expect(await outcomes()).toEqual(both(outcome));
    await set(table, undo);
    expect(await outcomes()).toEqual(both("ok"));
  });

  test("is invalid when it is revoked, and valid when another token is", async () => {
    await run(`insert into revoked_tokens values ('${parsed.claims.jti}', ${start})`);
    expect(await outcomes()).toEqual(both("revoked"));
    await run("delete from revoked_tokens");
    await run(`insert into revoked_tokens values ('another', ${start})`);
    expect(await outcomes()).toEqual(both("ok"));
  });

  test("is invalid from its `exp` on", async () => {
    const end = parsed.claims.exp * 1_000;
    await storage.clock.set(end - 1);
    expect(await outcomes()).toEqual(both("ok"));
    await storage.clock.set(end);
    expect(await outcomes()).toEqual(both("expired"));
  });

  test("has the scopes that are granted now, not those at the time of minting", async () => {
    const scopes = async () => {
      const check = await checkToken(deps, token);
      return "token" in check ? check.token.scopes : check.reason;
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
    ["a lifetime above the maximum", { exp: 1_767_323_045 + 14_401 }, "lives_too_long"],
    ["an unknown app", { client_id: unknownId, sub: unknownId }, "app_gone"],
    ["another app's instance", { instance_id: unknownId }, "instance_gone"],
    ["another secret", { secret_id: unknownId }, "secret_compromised"],
    ["an app that is not its subject", { client_id: unknownId }, "malformed"],
    ["a user that was never a member", { sub: "user-1", gen: [1, 1, 1, 1] }, "member_gone"],
    ["a negative generation", { gen: [1, 1, -1] }, "malformed"],
    ["no generation", { gen: undefined }, "malformed"],
  ])("is invalid when the platform signed it with %s", async (_, claims, reason) => {
    const privateKey = await deps.keyRing.privateKey(parsed.kid);
    const forged = await signAccessToken({ ...parsed.claims, ...claims }, { kid: parsed.kid, privateKey });
    expect(await checkToken(deps, forged)).toMatchObject({ reason });
  });

  // The last test that uses the token: the generation of the platform never falls.
  test("is invalid when the generation of the platform is higher", async () => {
    await set("platform", "gen = 2");
    expect(await outcomes()).toEqual(both("generation_raised"));
  });

  test("is counted by the outcome of its check", async () => {
    const before = await counted("generation_raised");
    await checkToken(deps, token);
    await checkToken(deps, "garbage");
    expect(await counted("generation_raised")).toBe(before + 1);
    expect(await counted("malformed")).toBeGreaterThan(0);
  });

  async function counted(outcome: string): Promise<number> {
    const { values } = await deps.metrics.tokenChecks.get();
    return values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
  }
});
