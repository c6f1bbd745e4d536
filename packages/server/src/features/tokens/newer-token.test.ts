import { generateKeyPairSync } from "node:crypto";
import { type ParsedToken, parseAccessToken } from "@latchkey/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestTokens, type TestTokens } from "../../testing/support/test-tokens.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import { signAccessToken } from "./access-token.ts";
import type { TokenDependencies } from "./token-dependencies.ts";

describe.each(engines)("a token that is newer than the database on %s (FR-B5)", (engine) => {
  let storage: TestDatabase;
  let tokens: TestTokens;
  let deps: TokenDependencies;
  let parsed: ParsedToken;
  let request: object;
  beforeEach(async () => {
    storage = await createTestDatabase(engine);
    tokens = await createTestTokens(storage, (created) => {
      deps = created;
      return created;
    });
    const { appId, instanceId, secret } = tokens.client;
    request = {
      grant_type: "client_credentials",
      client_id: appId,
      client_secret: secret,
      instance_id: instanceId,
    };
    const { access_token } = (await (await tokens.ask("/oauth2/token", request)).json()) as {
      access_token: string;
    };
    parsed = parseAccessToken(access_token) ?? expect.fail("the token cannot be parsed");
  });
  afterEach(() => storage.remove());

  async function signed(claims: object): Promise<string> {
    const privateKey = await deps.keyRing.privateKey(parsed.kid);
    return await signAccessToken({ ...parsed.claims, ...claims }, { kid: parsed.kid, privateKey });
  }
  const info = (token: string) => tokens.ask("/oauth2/token-info", { token });

  test("has the number of security changes of its time", async () => {
    expect(parsed.claims.security_changes).toBe(0);
    const revoked = await signed({});
    const { client_id, client_secret } = request as { client_id: string; client_secret: string };
    await tokens.ask("/oauth2/revoke", { token: revoked, client_id, client_secret });
    const later = await (await tokens.ask("/oauth2/token", request)).json();
    expect(parseAccessToken((later as { access_token: string }).access_token)?.claims.security_changes).toBe(
      1,
    );
  });

  test.each([
    ["more security changes", { security_changes: 1 }],
    ["a higher generation of the platform", { gen: [2, 1, 1] }],
  ])("with %s stops the token endpoints with 503", async (_, claims) => {
    const response = await info(await signed(claims));
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    expect((await tokens.ask("/oauth2/token", request)).status).toBe(503);
    expect(await deps.database.lastSeen.outdated).toMatchObject({ code: "database_outdated" });
  });

  test.each([
    ["is forged", async () => forged({ security_changes: 1 })],
    ["comes from another platform", () => signed({ iss: "https://other.example", security_changes: 1 })],
    ["has expired", () => signed({ iat: 1, exp: 2, security_changes: 1 })],
    ["is older than the last restore", () => signed({ gen: [0, 1, 1], security_changes: 1 })],
  ])("does not stop the server when it %s", async (_, token) => {
    const response = await info(await token());
    expect([response.status, await response.json()]).toEqual([200, { active: false }]);
    expect((await tokens.ask("/oauth2/token", request)).status).toBe(200);
  });

  function forged(claims: object): Promise<string> {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    return signAccessToken({ ...parsed.claims, ...claims }, { kid: parsed.kid, privateKey });
  }
});
