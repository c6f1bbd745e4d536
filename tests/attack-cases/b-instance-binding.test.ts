import { claimsOf } from "@latchkey/test-support/forged-token";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askToken, callApi, createTarget, installApp, mint, type Target, tokenInfo } from "./target.ts";

const notGuid =
  "instance_id is not a GUID. Send the instanceId that the app got with AppInstalled or in a page's instance parameter.";

const noInstance = {
  error: "invalid_grant",
  error_description: "The app has no instance with this instance_id.",
};

describe.each(["sqlite", "postgres"] as const)("on %s", (database) => {
  let target: Target;

  beforeAll(async () => {
    target = await createTarget({ database });
  });
  afterAll(() => target.platform.close());

  test("B1 rejects an instance of another app like an unknown one", async () => {
    const other = await installApp(target.platform);
    const foreign = await askToken(target, { instance_id: other.instanceId });
    const unknown = await askToken(target, { instance_id: "5a1c0000-0000-4000-8000-000000000001" });
    expect([foreign.status, foreign.body]).toEqual([404, noInstance]);
    expect([unknown.status, unknown.text]).toEqual([404, foreign.text]);
    expect(namesOf(unknown.headers)).toEqual(namesOf(foreign.headers));
  });

  test("B1 checks the app secret before the instance", async () => {
    const { status } = await askToken(target, { client_secret: "wrong" });
    const unknown = { client_secret: "wrong", instance_id: "5a1c0000-0000-4000-8000-000000000001" };
    expect([status, (await askToken(target, unknown)).status]).toEqual([401, 401]);
  });

  test.each([
    ["missing", undefined, "instance_id is missing."],
    ["empty", "", "instance_id is missing."],
    ["a number", 1, "instance_id must be a string."],
    [
      "an array",
      ["5a1c0000-0000-4000-8000-000000000001"],
      "Every parameter must be a plain value, not an object or an array.",
    ],
    ["a query operator", { $gt: "" }, "Every parameter must be a plain value, not an object or an array."],
    ["not a GUID", "instance", notGuid],
    ["one digit short", "5a1c0000-0000-4000-8000-00000000000", notGuid],
    ["a GUID with a line feed", "5a1c0000-0000-4000-8000-000000000001\n", notGuid],
    ["a GUID with a NUL", "5a1c0000-0000-4000-8000-000000000001\0", notGuid],
    ["a GUID of other digits", "5a1c0000-0000-4000-8000-00000000000\u0661", notGuid],
    ["10 kB long", "5".repeat(10_240), notGuid],
    ["SQL", "' OR 1=1 --", notGuid],
    ["a path", "../../etc/passwd", notGuid],
  ])("B2 rejects an instance_id that is %s (FR-D §3)", async (_, instance_id, error_description) => {
    const { body, status } = await askToken(target, { instance_id });
    expect({ status, body }).toEqual({ status: 400, body: { error: "invalid_request", error_description } });
  });

  test("B3 accepts an instance_id in upper case and returns it in lower case", async () => {
    const token = await mint(target, { instance_id: target.instanceId.toUpperCase() });
    expect(claimsOf(token).instance_id).toBe(target.instanceId);
  });

  test("B4 rejects a removed instance like an unknown one, and its tokens", async () => {
    const { siteId } = await target.platform.createSite();
    const removed = { ...target, ...(await installOn(target, siteId)) };
    const token = await mint(removed);
    await target.platform.remove(removed.instanceId);
    const { body, status } = await askToken(removed);
    expect({ status, body }).toEqual({ status: 404, body: noInstance });
    expect(await tokenInfo(target, token)).toEqual({ active: false });
    expect((await callApi(target, token)).status).toBe(401);
  });

  test("B5 gives a reinstalled instance its old id and new tokens; old tokens stay invalid", async () => {
    const { siteId } = await target.platform.createSite();
    const first = { ...target, ...(await installOn(target, siteId)) };
    const old = await mint(first);
    await target.platform.remove(first.instanceId);
    const again = await installOn(target, siteId);
    expect(again.instanceId).toBe(first.instanceId);
    expect(await tokenInfo(target, old)).toEqual({ active: false });
    expect(await tokenInfo(target, await mint(first))).toMatchObject({
      active: true,
      instanceId: first.instanceId,
    });
  });

  test("B6 rejects a suspended instance like an unknown one; its old tokens stay invalid when it resumes", async () => {
    const { siteId } = await target.platform.createSite();
    const paused = { ...target, ...(await installOn(target, siteId)) };
    const token = await mint(paused);
    await target.platform.suspend(paused.instanceId);
    const { body, status } = await askToken(paused);
    expect({ status, body }).toEqual({ status: 404, body: noInstance });
    expect(await tokenInfo(target, token)).toEqual({ active: false });
    await target.platform.resume(paused.instanceId);
    expect(await tokenInfo(target, token)).toEqual({ active: false });
    expect((await askToken(paused)).status).toBe(200);
  });

  test("B6 rejects a disabled app like an unknown one, and all of its tokens", async () => {
    const disabled = { url: target.url, ...(await installApp(target.platform)) };
    const token = await mint(disabled);
    const { apps, database } = target.platform.platform;
    const change = { appId: disabled.appId, enabled: false };
    await database.write((trx) => apps.change(trx, { name: "test", requestId: "" }, change));
    const { body, status } = await askToken(disabled);
    expect({ status, body }).toEqual({
      status: 401,
      body: { error: "invalid_client", error_description: "The client is unknown or its secret is wrong." },
    });
    expect(await tokenInfo(target, token)).toEqual({ active: false });
  });

  test("B6 revokes the tokens of a deleted site and of a deleted app", async () => {
    const { database, apps, sites } = target.platform.platform;
    const actor = { name: "test", requestId: "" };
    const onDeletedSite = { url: target.url, ...(await installApp(target.platform)) };
    const token = await mint(onDeletedSite);
    await sites.remove(actor, onDeletedSite.siteId);
    expect(await tokenInfo(target, token)).toEqual({ active: false });
    expect((await askToken(onDeletedSite)).status).toBe(404);
    await database.write((trx) => apps.remove(trx, actor, onDeletedSite.appId));
    expect((await askToken(onDeletedSite)).status).toBe(401);
  });

  test("B7 returns the instance and site of the token, whatever the request names", async () => {
    const other = await installApp(target.platform);
    const token = await mint(target);
    const reply = await fetch(
      `${target.url}/apps/v1/instance?instanceId=${other.instanceId}&siteId=${other.siteId}`,
      {
        headers: { authorization: token, "wix-site-id": other.siteId, "x-instance-id": other.instanceId },
      },
    );
    expect(await reply.json()).toMatchObject({
      instance: { instanceId: target.instanceId },
      site: { siteId: target.siteId },
    });
    expect(await tokenInfo(target, token)).toMatchObject({
      instanceId: target.instanceId,
      siteId: target.siteId,
    });
  });

  test("B11 gives consecutive unknown instance ids the same response", async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `${target.instanceId.slice(0, -2)}${index + 10}`);
    const replies = await Promise.all(
      ids.filter((id) => id !== target.instanceId).map((instance_id) => askToken(target, { instance_id })),
    );
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set([`404 ${JSON.stringify(noInstance)}`]),
    );
  });
});

function installOn(
  { appId, platform }: Target,
  siteId: string,
): Promise<{ instanceId: string; siteId: string }> {
  return platform.install({ appId, siteId });
}

function namesOf(headers: Headers): string[] {
  return [...headers.keys()].sort();
}
