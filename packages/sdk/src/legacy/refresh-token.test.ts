import { failureOf, printedForms } from "@latchkey/test-support/sdk/failure";
import {
  APP_ID,
  APP_SECRET,
  createScriptedPlatform,
  json,
  type Script,
} from "@latchkey/test-support/sdk/scripted-platform";
import { describe, expect, it, vi } from "vitest";
import { AppStrategy } from "../app-strategy.ts";
import { createClient } from "../create-client.ts";

function connect(script: Script, more: object = {}) {
  const platform = createScriptedPlatform(script);
  const auth = AppStrategy({ appId: APP_ID, appSecret: APP_SECRET, refreshToken: "refresh-1", ...more });
  const client = createClient({ auth, ...platform.options });
  const sent = () => platform.tokenRequests.map(({ body }) => JSON.parse(body).refresh_token);
  return { ...platform, auth, client, sent };
}

const issued = (count: number, refreshToken?: string) =>
  json({ access_token: `access-${count}`, refresh_token: refreshToken });

describe("a client with a refresh token", () => {
  it("requests an access token as the documentation has it, and keeps it for less than 5 minutes", async () => {
    const { calls, client, clock, tokenRequests } = connect({
      onToken: (_, count) => issued(count, "refresh-1"),
    });
    await client.fetchWithAuth("/x");
    expect(tokenRequests).toMatchObject([{ method: "POST", url: "https://platform.test/oauth/access" }]);
    expect(JSON.parse(tokenRequests[0]?.body ?? "")).toEqual({
      refresh_token: "refresh-1",
      client_id: APP_ID,
      client_secret: APP_SECRET,
      grant_type: "refresh_token",
    });
    await clock.advance(299_999);
    await client.fetchWithAuth("/x");
    await clock.advance(1);
    await client.fetchWithAuth("/x");
    expect(new Set(calls.map(({ token }) => token)).size).toBeGreaterThan(1);
    expect(calls[0]?.token).toBe("access-1");
  });

  it("reports a replaced refresh token once, before it is used, and sends it from then on", async () => {
    const onRefreshToken = vi.fn();
    const { client, clock, sent } = connect(
      { onToken: (_, count) => issued(count, `refresh-${count + 1}`) },
      { onRefreshToken },
    );
    await Promise.all(Array.from({ length: 20 }, () => client.fetchWithAuth("/x")));
    expect(onRefreshToken.mock.calls).toEqual([["refresh-2"]]);
    await clock.advance(300_000);
    await client.fetchWithAuth("/x");
    expect(sent()).toEqual(["refresh-1", "refresh-2"]);
    expect(onRefreshToken.mock.calls).toEqual([["refresh-2"], ["refresh-3"]]);
  });

  it("keeps its refresh token when the response repeats it or has none", async () => {
    const onRefreshToken = vi.fn();
    const { client, clock, sent } = connect(
      { onToken: (_, count) => issued(count, count === 1 ? "refresh-1" : undefined) },
      { onRefreshToken },
    );
    for (let count = 0; count < 3; count += 1) {
      await client.fetchWithAuth("/x");
      await clock.advance(300_000);
    }
    expect(new Set(sent())).toEqual(new Set(["refresh-1"]));
    expect(onRefreshToken).not.toHaveBeenCalled();
  });

  it("requests another access token after a 401, once", async () => {
    const { calls, client, sent } = connect({
      onToken: (_, count) => issued(count, "refresh-1"),
      onCall: ({ token }) => json({}, token === "access-1" ? 401 : 200),
    });
    expect((await client.fetchWithAuth("/x")).status).toBe(200);
    expect(calls.map(({ token }) => token)).toEqual(["access-1", "access-2"]);
    expect(sent()).toHaveLength(2);
  });

  it("acts as the instance of its refresh token, also with instanceId", async () => {
    const { client, sent } = connect(
      { onToken: (_, count) => issued(count, "refresh-1") },
      { instanceId: "5a1c0000-0000-4000-8000-000000000001" },
    );
    await client.fetchWithAuth("/x");
    expect(sent()).toEqual(["refresh-1"]);
  });

  it("does not show its refresh token", async () => {
    const { auth, client } = connect({ onToken: () => json({ error: "invalid_grant" }, 400) });
    const error = await failureOf(client.fetchWithAuth("/x"));
    expect(printedForms(error)).not.toContain("refresh-1");
    expect(printedForms(auth)).not.toContain("refresh-1");
    expect(printedForms(client)).not.toContain("refresh-1");
  });
});
