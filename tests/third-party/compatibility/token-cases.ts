import assert from "node:assert/strict";
import { AppStrategy, createClient } from "@wix/sdk";
import { type Case, refusalOf } from "./case.ts";
import { type Fixture, modules } from "./fixture.ts";

const part = "tokens";

/** Returns the token that a client sends. */
async function tokenOf(credentials: {
  appId: string;
  appSecret: string;
  instanceId: string;
}): Promise<string> {
  const { headers } = await AppStrategy(credentials).getAuthHeaders(undefined);
  return (headers as { Authorization: string }).Authorization;
}

async function tell(endpoint: "revoke", app: { appId: string; appSecret: string }, token: string) {
  const response = await fetch(`${process.env.LATCHKEY_URL}/oauth2/${endpoint}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_id: app.appId, client_secret: app.appSecret, token }),
  });
  assert.equal(response.status, 200);
}

async function pageToken(fixture: Fixture) {
  const app = await fixture.install();
  return { app, accessToken: await tokenOf(app) };
}

const living: readonly Case[] = [
  {
    part,
    tried: "getAuthHeaders; 5 calls one after another",
    comesOut: "one token request, the raw token in `Authorization`",
    async run(fixture) {
      const client = fixture.connect(await fixture.install());
      const before = fixture.tokenRequests();
      for (let call = 0; call < 5; call += 1) await client.products.queryProducts().limit(1).find();
      assert.equal(fixture.tokenRequests() - before, 1);
      const { headers } = await client.auth.getAuthHeaders();
      assert.match((headers as { Authorization: string }).Authorization, /^[\w-]+\.[\w-]+\.[\w-]+$/);
    },
  },
  {
    part,
    tried: "20 concurrent calls of a client without a token",
    comesOut: "20 token requests, because of this client; all succeed",
    async run(fixture) {
      const client = fixture.connect(await fixture.install());
      const before = fixture.tokenRequests();
      const calls = Array.from({ length: 20 }, () => client.products.queryProducts().limit(1).find());
      assert.ok((await Promise.all(calls)).every(({ items }) => items.length === 1));
      assert.equal(fixture.tokenRequests() - before, 20);
    },
  },
  {
    part,
    tried: "a token in the third-party format (the app's `tokenFormat` is `wix`)",
    comesOut: "`OauthNG.JWS.` and a JWS; calls succeed",
    async run(fixture) {
      const app = await fixture.install();
      const { appId } = app;
      await changeApp(appId, { tokenFormat: "wix" });
      assert.match(await tokenOf(app), /^OauthNG\.JWS\.[\w-]+\.[\w-]+\.[\w-]+$/);
      assert.equal((await fixture.connect(app).products.queryProducts().limit(1).find()).length, 1);
    },
  },
  {
    part,
    tried: "getTokenInfo, with `accessToken`",
    comesOut: "the owner of the token",
    async run(fixture) {
      const { accessToken, app } = await pageToken(fixture);
      const info = await AppStrategy({ ...app, accessToken } as never).getTokenInfo();
      assert.deepEqual(
        [info.active, info.subjectType, info.clientId, info.instanceId],
        [true, "APP", app.appId, app.instanceId],
      );
    },
  },
  {
    part,
    tried: "calls with `accessToken`",
    comesOut: "the client exchanges it once (`strip_bound_session`); calls succeed",
    async run(fixture) {
      const { accessToken, app } = await pageToken(fixture);
      const { appId, appSecret } = app;
      const client = createClient({ auth: AppStrategy({ appId, appSecret, accessToken }), modules });
      const before = fixture.tokenRequests();
      for (let call = 0; call < 3; call += 1) await client.products.queryProducts().limit(1).find();
      assert.equal(fixture.tokenRequests() - before, 1);
    },
  },
  {
    part,
    tried: "elevated",
    comesOut: "the app's own token for the instance that the token names; calls succeed",
    async run(fixture) {
      const { accessToken, app } = await pageToken(fixture);
      const { appId, appSecret } = app;
      const auth = await AppStrategy({ appId, appSecret, accessToken }).elevated();
      const client = createClient({ auth, modules });
      assert.equal((await client.products.queryProducts().limit(1).find()).length, 1);
    },
  },
];

const dead: readonly Case[] = [
  {
    part,
    tried: "a wrong secret",
    comesOut: "an error with the status 401 and the request id",
    async run(fixture) {
      const app = { ...(await fixture.install()), appSecret: "wrong" };
      assert.match((await refusalOf(tokenOf(app))).message, /OAuth API: 401, request id: [0-9a-f-]{36}$/);
      const { message } = await refusalOf(fixture.connect(app).products.queryProducts().find());
      assert.match(message, /^System error occurred/);
    },
  },
  {
    part,
    tried: "an unknown instance",
    comesOut: "an error with the status 404 and the request id",
    async run(fixture) {
      const app = { ...(await fixture.install()), instanceId: "00000000-0000-4000-8000-000000000000" };
      assert.match((await refusalOf(tokenOf(app))).message, /OAuth API: 404, request id: [0-9a-f-]{36}$/);
    },
  },
  {
    part,
    tried: "a removed instance",
    comesOut: "401 for the client's cached token, 404 for a new one",
    async run(fixture) {
      const app = await fixture.install();
      const client = fixture.connect(app);
      await client.products.queryProducts().limit(1).find();
      await fixture.management.call("DELETE", `/instances/${app.instanceId}`);
      const error = await refusalOf(client.products.queryProducts().limit(1).find());
      assert.deepEqual([error.status, error.details?.applicationError?.code], [401, "UNAUTHENTICATED"]);
      assert.match((await refusalOf(tokenOf(app))).message, /OAuth API: 404/);
    },
  },
  {
    part,
    tried: "a revoked token",
    comesOut: "401 `UNAUTHENTICATED`, until the client requests a new one",
    async run(fixture) {
      const app = await fixture.install();
      const client = fixture.connect(app);
      await client.products.queryProducts().limit(1).find();
      const { headers } = await client.auth.getAuthHeaders();
      await tell("revoke", app, (headers as { Authorization: string }).Authorization);
      const error = await refusalOf(client.products.queryProducts().limit(1).find());
      assert.deepEqual([error.status, error.details?.applicationError?.code], [401, "UNAUTHENTICATED"]);
      assert.equal((await fixture.connect(app).products.queryProducts().limit(1).find()).length, 1);
    },
  },
  {
    part,
    tried: "an expired token",
    comesOut: "401 `UNAUTHENTICATED`; token-info returns inactive",
    async run(fixture) {
      const { accessToken, app } = await pageToken(fixture);
      const client = fixture.connect(app);
      await client.products.queryProducts().limit(1).find();
      await fixture.management.call("POST", "/dev/clock", { advance: "4h" });
      const error = await refusalOf(client.products.queryProducts().limit(1).find());
      assert.deepEqual([error.status, error.details?.applicationError?.code], [401, "UNAUTHENTICATED"]);
      const info = await AppStrategy({ ...app, accessToken } as never).getTokenInfo();
      assert.equal(info.active, false);
    },
  },
  {
    part,
    tried: "elevated, with another app's token",
    comesOut: "the client refuses it, after token-info",
    async run(fixture) {
      const { accessToken } = await pageToken(fixture);
      const { appId, appSecret } = await fixture.install();
      const strategy = AppStrategy({ appId, appSecret, accessToken });
      assert.match((await refusalOf(strategy.elevated())).message, /not issued for the app/);
    },
  },
];

async function changeApp(appId: string, change: object): Promise<void> {
  const response = await fetch(`${process.env.LATCHKEY_URL}/admin/v1/apps/${appId}`, {
    method: "PATCH",
    headers: {
      authorization: `Bearer ${process.env.LATCHKEY_ADMIN_KEY}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(change),
  });
  assert.equal(response.status, 200);
}

export const tokenCases: readonly Case[] = [...living, ...dead];
