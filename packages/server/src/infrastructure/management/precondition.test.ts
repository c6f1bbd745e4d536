import { type CallManagement, errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

describe.each(["sqlite", "postgres"] as const)("a change with If-Match on %s", (engine) => {
  let platform: TestPlatform;
  let call: CallManagement;
  const changed =
    "The object was changed after the caller read it. Read it again, then decide whether to change it.";

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine });
    call = managementCaller(platform);
  });
  afterAll(() => platform.close());

  const tagOf = async (path: string): Promise<string> => {
    const { headers } = await call(`GET ${path}`);
    return headers.get("etag") ?? "";
  };
  /** Creates one of each object that has an ETag: its path, and two changes. */
  const objects = async () => {
    const { appId } = await platform.createApp({ name: "Loyalty Points" });
    const { siteId } = await platform.createSite({ name: "Corner Shop" });
    const webhook = { eventType: "AppInstalled", url: "http://127.0.0.1:3000/webhooks" };
    const { webhookId } = (await call(`POST /apps/${appId}/webhooks`, { body: webhook })).body;
    const page = { kind: "IFRAME_PAGE", url: "http://127.0.0.1:3000/page" };
    const { extensionId } = (await call(`POST /apps/${appId}/extensions`, { body: page })).body;
    const person = { email: `${appId}@example.com`, name: "Ada" };
    const { accountId } = (await call("POST /accounts", { body: person })).body;
    const names = [{ name: "First" }, { name: "Second" }];
    const urls = [{ url: "http://127.0.0.1:3000/first" }, { url: "http://127.0.0.1:3000/second" }];
    return [
      { path: `/apps/${appId}`, changes: names },
      { path: `/sites/${siteId}`, changes: names },
      { path: `/accounts/${accountId}`, changes: names },
      { path: `/apps/${appId}/webhooks/${webhookId}`, changes: urls },
      { path: `/apps/${appId}/extensions/${extensionId}`, changes: urls },
    ];
  };

  test("succeeds once for a tag, then changes nothing until the object is read again", async () => {
    for (const { changes, path } of await objects()) {
      const [first, second] = changes;
      const tag = await tagOf(path);
      expect(tag).toMatch(/^"[\w-]{43}"$/);
      const done = await call(`PATCH ${path}`, { body: first, headers: { "if-match": tag } });
      expect([path, done.status, done.body]).toEqual([path, 200, expect.objectContaining(first)]);
      const refused = await call(`PATCH ${path}`, { body: second, headers: { "if-match": tag } });
      expect([refused.status, refused.body]).toEqual([412, errorBody("PRECONDITION_FAILED", changed)]);
      const next = done.headers.get("etag") ?? "";
      expect([await tagOf(path), (await call(`GET ${path}`)).body]).toEqual([
        next,
        expect.objectContaining(first),
      ]);
      const headers = { "if-match": `"another", ${next}` };
      expect((await call(`PATCH ${path}`, { body: second, headers })).status).toBe(200);
    }
  });

  test("has one winner when ten arrive at the same time", async () => {
    const { appId } = await platform.createApp();
    const headers = { "if-match": await tagOf(`/apps/${appId}`) };
    const names = Array.from({ length: 10 }, (_, index) => `Name ${index}`);
    const responses = await Promise.all(
      names.map((name) => call(`PATCH /apps/${appId}`, { body: { name }, headers })),
    );
    expect(responses.map(({ status }) => status).toSorted()).toEqual([200, ...Array(9).fill(412)]);
    const winner = responses.find(({ status }) => status === 200)?.body.name;
    expect((await call(`GET /apps/${appId}`)).body.name).toBe(winner);
  });

  test("is refused for a weak tag, and succeeds for *", async () => {
    const { appId } = await platform.createApp();
    const tag = await tagOf(`/apps/${appId}`);
    const patch = (ifMatch: string) =>
      call(`PATCH /apps/${appId}`, { body: { name: "Renamed" }, headers: { "if-match": ifMatch } });
    expect((await patch(`W/${tag}`)).status).toBe(412);
    expect((await patch("")).status).toBe(412);
    expect((await patch("*")).status).toBe(200);
  });

  test("is not refused when only a counter or a time has changed", async () => {
    const { appId } = await platform.createApp();
    const webhook = { eventType: "AppInstalled", url: "http://127.0.0.1:3000/webhooks" };
    const { webhookId } = (await call(`POST /apps/${appId}/webhooks`, { body: webhook })).body;
    const path = `/apps/${appId}/webhooks/${webhookId}`;
    const before = await tagOf(path);
    expect((await call(`POST ${path}/pause`)).status).toBe(200);
    expect(await tagOf(path)).toBe(before);
  });
});
