import { type InstanceParameter, importInstanceKey, writeInstanceParameter } from "@latchkey/protocol";
import { failureOf } from "@latchkey/test-support/sdk/failure";
import {
  API_URL,
  APP_ID,
  APP_SECRET,
  createScriptedPlatform,
  json,
} from "@latchkey/test-support/sdk/scripted-platform";
import { INSTANCE } from "@latchkey/test-support/sdk/signed-webhook";
import { describe, expect, test } from "vitest";
import { createApp } from "../app/create-app.ts";
import { AppStrategy } from "../app-strategy.ts";
import { createClient } from "../create-client.ts";
import type { PageOptions } from "./authenticate-page.ts";
import { readInstanceParameter } from "./instance-parameter.ts";

const { appOptions, clock } = createScriptedPlatform();
const at = (ms: number) => new Date(clock.now() + ms).toISOString();
const owner: InstanceParameter = {
  ...{ instanceId: INSTANCE, appDefId: APP_ID, signDate: at(-60_000), expirationDate: at(3_600_000) },
  ...{ uid: "user-7", permissions: "OWNER" },
};
async function signed(change: object = {}, secret = APP_SECRET): Promise<string> {
  return await writeInstanceParameter({ ...owner, ...change }, await importInstanceKey(secret));
}
const connect = (pages: PageOptions = {}) =>
  createApp({ appId: APP_ID, appSecret: APP_SECRET, ...appOptions, clock, pages });
const inUrl = (value: string) => new Request(`https://app.test/page?tab=1&instance=${value}`);

describe("a page", () => {
  test("gets the user and the instance from its parameter", async () => {
    const viewer = await connect().authenticate.page(inUrl(await signed()));
    expect(viewer).toMatchObject({
      instanceId: INSTANCE,
      userId: "user-7",
      permissions: "OWNER",
      parameter: owner,
    });
    expect(viewer.instance.instanceId).toBe(INSTANCE);
  });

  test("can send its parameter to its server in the header Authorization", async () => {
    for (const header of [await signed(), `Bearer ${await signed()}`]) {
      const request = new Request("https://app.test/api", { headers: { authorization: header } });
      expect((await connect().authenticate.page(request)).userId).toBe("user-7");
    }
  });

  test("without a user has no user ID", async () => {
    const viewer = await connect().authenticate.page(inUrl(await signed({ uid: null, permissions: "" })));
    expect([viewer.userId, viewer.permissions]).toEqual([undefined, ""]);
  });

  test("of the site can be opened by visitors, a page of the dashboard cannot", async () => {
    const request = async () => inUrl(await signed({ uid: null, aid: "visitor-1" }));
    expect((await connect().authenticate.page(await request(), { visitors: true })).instanceId).toBe(
      INSTANCE,
    );
    const error = await failureOf(connect().authenticate.page(await request()));
    expect([error.code, error.reason, error.message]).toEqual([
      ...["invalid_instance_parameter", "visitor"],
      "The instance parameter belongs to a visitor of the site, but this page is for signed-in users.",
    ]);
  });

  test("accepts the previous secret while the app lists it", async () => {
    const request = async () => inUrl(await signed({}, "lks_before"));
    const secrets = [APP_SECRET, "lks_before"];
    expect((await connect({ secrets }).authenticate.page(await request())).instanceId).toBe(INSTANCE);
    expect((await failureOf(connect().authenticate.page(await request()))).reason).toBe("bad_signature");
  });

  test("FR-D5: names the platform's clock when its parameter is from the future", async () => {
    const error = await failureOf(
      connect().authenticate.page(inUrl(await signed({ signDate: at(3_600_000) }))),
    );
    expect([error.code, error.reason, error.message]).toEqual([
      ...["invalid_instance_parameter", "from_future"],
      "The instance parameter was signed in the future. Compare the clocks of this machine and of the platform. " +
        'In development, the clock may have been moved: set it back with POST /admin/v1/dev/clock {"reset":true}.',
    ]);
  });

  test.each(["Basic", "Token"])("rejects its parameter with the scheme %s", async (scheme) => {
    const headers = { authorization: `${scheme} ${await signed()}` };
    const error = await failureOf(
      connect().authenticate.page(new Request("https://app.test/api", { headers })),
    );
    expect(error.reason).toBe("missing");
  });

  test.each<[string, () => Promise<Request>, string]>([
    ["without a parameter", async () => new Request("https://app.test/page"), "missing"],
    ["with two parameters", async () => inUrl(`${await signed()}&instance=${await signed()}`), "malformed"],
    [
      "of another app with the same secret",
      async () => inUrl(await signed({ appDefId: INSTANCE })),
      "wrong_app",
    ],
    ["with an access token", async () => inUrl("a.b.c"), "malformed"],
    ["older than four hours", async () => inUrl(await signed({ signDate: at(-14_400_001) })), "expired"],
  ])("%s is rejected", async (_, request, reason) => {
    expect((await failureOf(connect().authenticate.page(await request()))).reason).toBe(reason);
  });

  test("is rejected when it is older than maxAge", async () => {
    const app = connect({ maxAge: 59_000 });
    expect((await failureOf(app.authenticate.page(inUrl(await signed())))).reason).toBe("expired");
  });
});

test("a parameter is rejected without secrets, and not repeated", async () => {
  const value = await signed();
  const error = await failureOf(readInstanceParameter(value, { secrets: [] }));
  expect([error.code, error.message]).toEqual([
    "missing_credentials",
    "secrets is empty. Pass the app secret that signs the instance parameter.",
  ]);
  const refused = await failureOf(readInstanceParameter(value, { secrets: ["other"], clock }));
  expect(JSON.stringify(refused) + refused.stack).not.toContain(value.slice(0, 20));
});

describe("a user of a page", () => {
  const info = {
    ...{ active: true, subjectType: "USER", subjectId: "user-7", clientId: APP_ID },
    ...{ siteId: "site-1", instanceId: INSTANCE, exp: "2", iat: "1" },
  };
  const sent = () => new Request("https://app.test/api", { headers: { authorization: "page-token" } });
  function withInfo(response: object) {
    const platform = createScriptedPlatform({ onCall: () => json(response) });
    return { platform, app: createApp({ appId: APP_ID, appSecret: APP_SECRET, ...platform.appOptions }) };
  }

  test("is verified by the platform; calls then act as the user or as the app", async () => {
    const { app, platform } = withInfo(info);
    const acting = await app.authenticate.user(sent());
    expect([acting.userId, acting.siteId, acting.subjectType]).toEqual(["user-7", "site-1", "USER"]);
    await acting.user.fetchWithAuth("/as-user");
    await acting.instance.fetchWithAuth("/as-app");
    expect(platform.tokenRequests.map(({ body }) => JSON.parse(body).grant_type)).toEqual([
      "strip_bound_session",
      "client_credentials",
    ]);
  });

  test.each<[string, object, string]>([
    [
      "has ended",
      { active: false },
      "The access token has expired, was revoked, or is not a token of this platform.",
    ],
    ["is of another app", { ...info, clientId: "other" }, "The access token was issued to another app."],
    [
      "is of the app",
      { ...info, subjectType: "APP" },
      "The access token does not belong to a user. Send the access token of the page.",
    ],
    [
      "is the parameter of a page",
      { ...info, subjectType: "UNKNOWN" },
      "The access token does not belong to a user. Send the access token of the page.",
    ],
  ])("whose token %s is rejected", async (_, response, message) => {
    const error = await failureOf(withInfo(response).app.authenticate.user(sent()));
    expect([error.code, error.message]).toEqual(["invalid_access_token", message]);
  });

  test.each<Record<string, string>>([
    {},
    { authorization: "Basic eDp5" },
    { authorization: "Token page-token" },
    { authorization: "Bearer a, Bearer b" },
  ])("with the headers %j is rejected without a request to the platform", async (headers) => {
    const { app, platform } = withInfo(info);
    const error = await failureOf(app.authenticate.user(new Request("https://app.test/api", { headers })));
    expect([error.message, platform.calls.length]).toEqual([
      "The access token is missing. Send it in the header Authorization.",
      0,
    ]);
  });

  test("is not elevated with an instance parameter", async () => {
    const { platform } = withInfo({ ...info, subjectType: "UNKNOWN" });
    const auth = AppStrategy({ appId: APP_ID, appSecret: APP_SECRET, accessToken: await signed() });
    const client = createClient({ auth, ...platform.options, apiUrl: API_URL });
    const error = await failureOf(client.auth.elevated());
    expect(error.message).toBe(
      "accessToken cannot be elevated: it is the instance parameter of a page. Pass an access token.",
    );
  });
});
