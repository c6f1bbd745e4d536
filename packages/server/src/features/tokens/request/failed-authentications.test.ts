import { apiKeyPrefix } from "@latchkey/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";

const unknownApp = "11111111-1111-4111-8111-111111111111";

describe("requests with a wrong secret", () => {
  let platform: TestPlatform;
  let client: Record<string, string>;
  beforeEach(async () => {
    platform = await createTestPlatform();
    const { appId, secret } = await platform.createApp();
    const { siteId } = await platform.createSite();
    const { instanceId } = await platform.install({ appId, siteId });
    client = { client_id: appId, client_secret: secret.value, instance_id: instanceId };
  });
  afterEach(() => platform.close());

  async function ask(parameters: Record<string, string>, path = "/oauth2/token") {
    const response = await fetch(platform.url + path, {
      method: "POST",
      body: new URLSearchParams({ grant_type: "client_credentials", token: "x", ...parameters }),
    });
    const { error, error_description } = (await response.json()) as Record<string, string>;
    const retryAfter = response.headers.get("retry-after");
    return { status: response.status, error, error_description, retryAfter };
  }

  async function statuses(count: number, parameters: () => Record<string, string>): Promise<number[]> {
    const all: number[] = [];
    for (let index = 0; index < count; index += 1) all.push((await ask(parameters())).status);
    return all;
  }

  test.each(["known", "unknown"])(
    "above 60 a minute for a %s app are 429, and the right secret is still accepted (FR-A18, A18)",
    async (which) => {
      const sent = {
        ...client,
        client_secret: "wrong",
        ...(which === "unknown" && { client_id: unknownApp }),
      };
      expect(await statuses(60, () => sent)).toEqual(Array(60).fill(401));
      expect(await ask(sent)).toEqual({
        status: 429,
        error: "invalid_client",
        error_description:
          "The client is unknown or its secret is wrong, too many times. The right secret is accepted at once.",
        retryAfter: "1",
      });
      expect((await ask(client)).status).toBe(200);
      await platform.clock.advance(1_000);
      expect(await statuses(2, () => sent)).toEqual([401, 429]);
    },
  );

  test("are counted for introspection and revocation as well, with keys of resources too", async () => {
    const sent = { ...client, client_secret: "wrong" };
    await statuses(60, () => sent);
    for (const path of ["/oauth2/introspect", "/oauth2/revoke"]) {
      expect((await ask(sent, path)).status).toBe(429);
      expect((await ask(client, path)).status).toBe(200);
    }
    const key = { ...client, client_secret: `${apiKeyPrefix}wrong` };
    expect(await ask(key, "/oauth2/introspect")).toMatchObject({ status: 429, error: "invalid_client" });
  });

  test("above 600 a minute from one network are 429, whatever their App IDs", async () => {
    const sent = () => ({ ...client, client_id: crypto.randomUUID(), client_secret: "wrong" });
    const all = await statuses(602, sent);
    expect(all.slice(598)).toEqual([401, 401, 429, 429]);
    expect((await ask(client)).status).toBe(200);
  });

  test("do not limit a secret that is right but compromised or expired", async () => {
    const { database } = platform.platform;
    await database.write((trx) => trx.updateTable("app_secrets").set({ compromised_at: 1 }).execute());
    expect(await statuses(70, () => client)).toEqual(Array(70).fill(401));
  });
});
