import assert from "node:assert/strict";
import { biEvents } from "@wix/app-management";
import { AppStrategy, createClient } from "@wix/sdk";
import { type Case, refusalOf } from "./case.ts";
import { type Fixture, type InstanceCredentials, modules } from "./fixture.ts";

const part = "legacy";
const redirectUrl = "https://app.example/callback";

interface LegacyApp extends InstanceCredentials {
  /** The URL of a callback with a new code. */
  callback(state?: string): Promise<string>;
}

/** Installs an app that is marked as legacy. */
async function installLegacy({ install, management }: Fixture): Promise<LegacyApp> {
  const app = await install();
  const legacy = { appUrl: "https://app.example/", redirectUrls: [redirectUrl] };
  await management.call("PATCH", `/apps/${app.appId}`, { legacy });
  return {
    ...app,
    async callback(state) {
      const { instanceId } = app;
      const sent = { instanceId, redirectUrl, state };
      return (await management.call<{ callbackUrl: string }>("POST", "/dev/codes", sent)).callbackUrl;
    },
  };
}

/** Returns a strategy that has exchanged a code, and its tokens. */
async function connected(app: LegacyApp) {
  const { appId, appSecret } = app;
  const auth = AppStrategy({ appId, appSecret });
  return { auth, ...(await auth.handleOAuthCallback(await app.callback())) };
}

export const legacyCases: readonly Case[] = [
  {
    part,
    tried: "getInstallUrl",
    comesOut: "the path and the parameters of the installation",
    async run({ demo: { appId, appSecret } }) {
      const url = AppStrategy({ appId, appSecret }).getInstallUrl({ redirectUrl, token: "t", state: "s" });
      assert.equal(
        url,
        `https://www.wix.com/installer/install?redirectUrl=https%3A%2F%2Fapp.example%2Fcallback&appId=${appId}&state=s&token=t`,
      );
    },
  },
  {
    part,
    tried: "handleOAuthCallback",
    comesOut: "instanceId, access token and refresh token; later calls succeed",
    async run(fixture) {
      const app = await installLegacy(fixture);
      const auth = AppStrategy({ appId: app.appId, appSecret: app.appSecret });
      const client = createClient({ auth, modules });
      const result = await auth.handleOAuthCallback(await app.callback("s"), { state: "s" });
      assert.equal(result.instanceId, app.instanceId);
      assert.match(result.refreshToken, /^lkr_/);
      assert.equal(auth.getActiveToken?.(), result.refreshToken);
      assert.equal((await client.products.queryProducts().limit(1).find()).length, 1);
    },
  },
  {
    part,
    tried: "handleOAuthCallback, with a code that was used",
    comesOut: "an error with the status 400 and the request id",
    async run(fixture) {
      const app = await installLegacy(fixture);
      const { appId, appSecret } = app;
      const url = await app.callback();
      await AppStrategy({ appId, appSecret }).handleOAuthCallback(url);
      const { message } = await refusalOf(AppStrategy({ appId, appSecret }).handleOAuthCallback(url));
      assert.match(message, /OAuth API: 400, request id: [0-9a-f-]{36}$/);
    },
  },
  {
    part,
    tried: "20 concurrent calls with `refreshToken`",
    comesOut: "20 exchanges of the same refresh token, because of this client; all succeed",
    async run(fixture) {
      const app = await installLegacy(fixture);
      const { refreshToken } = await connected(app);
      const { appId, appSecret } = app;
      const client = createClient({ auth: AppStrategy({ appId, appSecret, refreshToken }), modules });
      const before = fixture.tokenRequests();
      const calls = Array.from({ length: 20 }, () => client.products.queryProducts().limit(1).find());
      assert.ok((await Promise.all(calls)).every(({ items }) => items.length === 1));
      assert.equal(fixture.tokenRequests() - before, 20);
      assert.equal((await client.products.queryProducts().limit(1).find()).length, 1);
    },
  },
  {
    part,
    tried: "getTokenInfo, getActiveToken, with `refreshToken`",
    comesOut: "the owner of the refresh token",
    async run(fixture) {
      const app = await installLegacy(fixture);
      const { refreshToken } = await connected(app);
      const { appId, appSecret } = app;
      const auth = AppStrategy({ appId, appSecret, refreshToken });
      const { active, clientId, instanceId, subjectType } = await auth.getTokenInfo();
      assert.deepEqual([active, subjectType, clientId, instanceId], [true, "APP", appId, app.instanceId]);
      assert.equal(auth.getActiveToken?.(), refreshToken);
    },
  },
  {
    part,
    tried: "a refresh token of a removed instance",
    comesOut: "an error with the status 400 and the request id; token-info returns inactive",
    async run(fixture) {
      const app = await installLegacy(fixture);
      const { refreshToken } = await connected(app);
      await fixture.management.call("DELETE", `/instances/${app.instanceId}`);
      const { appId, appSecret } = app;
      const auth = AppStrategy({ appId, appSecret, refreshToken });
      const { message } = await refusalOf(Promise.resolve(auth.getAuthHeaders(undefined)));
      assert.match(message, /OAuth API: 400, request id: [0-9a-f-]{36}$/);
      assert.equal((await auth.getTokenInfo()).active, false);
    },
  },
  {
    part,
    tried: "client_credentials for an app with `refreshToken`: the migration",
    comesOut: "the instance of token-info works with `instanceId`",
    async run(fixture) {
      const app = await installLegacy(fixture);
      const { refreshToken } = await connected(app);
      const { appId, appSecret } = app;
      const { instanceId } = await AppStrategy({ appId, appSecret, refreshToken }).getTokenInfo();
      const client = fixture.connect({ appId, appSecret, instanceId: instanceId ?? "" });
      assert.equal((await client.products.queryProducts().limit(1).find()).length, 1);
    },
  },
  {
    part,
    tried: "sendBiEvent: APP_FINISHED_CONFIGURATION",
    comesOut: "the setup of the instance is complete",
    async run(fixture) {
      const app = await installLegacy(fixture);
      const auth = AppStrategy({ ...app });
      const client = createClient({ auth, modules: { biEvents } });
      await client.biEvents.sendBiEvent({ eventName: "APP_FINISHED_CONFIGURATION" });
      const { setupCompletedAt } = await fixture.management.call<{ setupCompletedAt: string | null }>(
        "GET",
        `/instances/${app.instanceId}`,
      );
      assert.match(setupCompletedAt ?? "", /^\d{4}-/);
    },
  },
];
