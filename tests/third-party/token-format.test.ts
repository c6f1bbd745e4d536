import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  askAbout,
  type Credentials,
  call,
  createTarget,
  mint,
  post,
  readProducts,
  type Target,
  tokenInfo,
} from "../attack-cases/target.ts";

// The token format that code for the third-party platform parses (wire §1.4).
let target: Target;
let app: Credentials & { readonly url: string };
let siteId: string;

beforeAll(async () => {
  target = await createTarget();
  const made = await target.platform.createApp({ scopes: [readProducts], tokenFormat: "wix" });
  ({ siteId } = await target.platform.createSite());
  const { instanceId } = await target.platform.install({ appId: made.appId, siteId });
  app = { appId: made.appId, secret: made.secret.value, instanceId, url: target.url };
});
afterAll(() => target.platform.close());

test("is a JWS of five parts, with the instance as JSON in the claim data", async () => {
  const token = await mint(app);
  expect(token).toMatch(/^OauthNG\.JWS\.[\w-]+\.[\w-]+\.[\w-]+$/);
  const payload = JSON.parse(Buffer.from(token.split(".")[3] ?? "", "base64url").toString());
  expect(payload).toMatchObject({ iat: 1_767_323_045, exp: 1_767_337_445 });
  expect(JSON.parse(payload.data)).toEqual({
    instance: {
      instanceId: app.instanceId,
      appDefId: app.appId,
      signDate: "2026-01-02T03:04:05.678Z",
      permissions: "",
      demoMode: false,
      metaSiteId: siteId,
    },
  });
});

const spellings: readonly [string, (token: string) => string][] = [
  ["as it was given out", (token) => token],
  ["without its prefix", (token) => token.slice("OauthNG.JWS.".length)],
];

describe.each(spellings)("%s", (_, spelled) => {
  test("is taken by APIs, raw and as a bearer token", async () => {
    const token = spelled(await mint(app));
    for (const authorization of [token, `Bearer ${token}`]) {
      const { status } = await call(`${app.url}/stores/v1/products/query`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: "{}",
      });
      expect(status).toBe(200);
    }
  });

  test("is known to token-info and introspection", async () => {
    const token = spelled(await mint(app));
    expect(await tokenInfo(app, token)).toMatchObject({ active: true, instanceId: app.instanceId });
    expect((await askAbout(app, "introspect", { token })).body).toMatchObject({
      active: true,
      scope: `${readProducts} SCOPE.DC.MANAGE-YOUR-APP`,
    });
  });

  test("is exchanged for a back end's, in the same format", async () => {
    const access_token = spelled(await mint(app));
    const { body, status } = await post(`${app.url}/oauth2/token`, {
      grant_type: "strip_bound_session",
      client_secret: app.secret,
      access_token,
    });
    expect({ status, prefix: body.access_token.slice(0, 12) }).toEqual({
      status: 200,
      prefix: "OauthNG.JWS.",
    });
  });

  test("is dead in both spellings once one is revoked", async () => {
    const token = await mint(app);
    expect((await askAbout(app, "revoke", { token: spelled(token) })).status).toBe(200);
    for (const [, spelledNow] of spellings) {
      expect(await tokenInfo(app, spelledNow(token))).toEqual({ active: false });
    }
  });
});

test("is put behind the prefix of an app without it, and known all the same", async () => {
  const token = `OauthNG.JWS.${await mint(target)}`;
  expect(await tokenInfo(target, token)).toMatchObject({ active: true });
});
