import { stores } from "@latchkey/stores";
import { createAccount } from "@latchkey/test-support/accounts";
import {
  type CallManagement,
  type ManagementResponse,
  managementCaller,
} from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { createFindable } from "../../testing/support/findable.ts";
import { engines } from "../../testing/test-database.ts";
import { hints } from "./hints.ts";

const nothing = { items: [], notes: [hints.notFound, hints.request, hints.jti] };

describe.each(engines)("what is found, on %s", (database) => {
  let platform: TestPlatform;
  let admin: CallManagement;
  let ids: Readonly<Record<string, string>>;
  let secrets: readonly string[];
  let token: string;
  let refusedId: string;
  let changeId: string;

  beforeAll(async () => {
    platform = await createTestPlatform({
      database,
      resources: [stores],
      now: 1_767_323_045_678,
      refusedDeliveries: "allow",
    });
    admin = managementCaller(platform);
    ({ ids, secrets, token, refusedId, changeId } = await createFindable(platform));
  });
  afterAll(() => platform.close());

  const search = (call: CallManagement, id: string): Promise<ManagementResponse> =>
    call(`GET /find?id=${encodeURIComponent(id)}`);
  const find = async (id: string, call: CallManagement = admin) => (await search(call, id)).body;
  const path = (href: unknown) => `GET ${String(href).replace("/admin/v1", "")}`;

  describe("H1 is found only by who may read it:", () => {
    const everything = () => [...Object.values(ids), refusedId, changeId, "tenant 1/a", ...secrets, token];
    const types = async (call: CallManagement) => {
      const found = await Promise.all(everything().map(async (id) => (await find(id, call)).items));
      return [...new Set(found.flat().map(({ type }) => type))].sort();
    };
    const unknownToken = { items: [], notes: [hints.unknownToken] };
    const expectNothing = async (call: CallManagement) => {
      for (const id of [...Object.values(ids), refusedId, changeId, "tenant 1/a"]) {
        expect([id, (await search(call, id)).text]).toEqual([id, JSON.stringify(nothing)]);
      }
      const [secret = ""] = secrets;
      expect(await find(secret, call)).toEqual({ items: [], notes: [hints.notFound, hints.wholeSecret] });
      expect(await find(token, call)).toEqual(unknownToken);
      expect(await find(`${token.slice(0, -8)}AAAAAAAA`, call)).toEqual(unknownToken);
    };

    test("not by another developer, nor by the owner of another site", async () => {
      const developer = await createAccount(platform, "stranger", { isDeveloper: true });
      await developer.call("POST /apps", { body: { name: "Own" } });
      await expectNothing(developer.call);
      const owner = await createAccount(platform, "neighbour");
      const site = await platform.createSite();
      await admin(`PUT /sites/${site.siteId}/members/${owner.accountId}`, { body: { role: "OWNER" } });
      await expectNothing(owner.call);
    });

    test("not by a key of another app", async () => {
      const { appId } = await platform.createApp();
      const scopes = ["find:read", "apps:read", "instances:read", "webhooks:read", "deliveries:read"];
      const more = ["extensions:read", "jobs:read", "token-log:read", "audit:read", "service-plugins:read"];
      const { body } = await admin("POST /api-keys", {
        body: { name: "Bound", scopes: [...scopes, ...more], appId },
      });
      await expectNothing(managementCaller(platform, body.value));
    });

    test("by a key of the app, what is of the app", async () => {
      const scopes = ["find:read", "apps:read", "instances:read", "webhooks:read", "deliveries:read"];
      const more = ["extensions:read", "jobs:read", "token-log:read", "audit:read", "service-plugins:read"];
      const { appId } = ids;
      const { body } = await admin("POST /api-keys", {
        body: { name: "Bound", scopes: [...scopes, ...more], appId },
      });
      const ofApp = ["access-token", "app", "app-secret", "delivery", "event", "extension", "instance"];
      expect(await types(managementCaller(platform, body.value))).toEqual([
        ...ofApp,
        "refused-request",
        "webhook",
      ]);
    });

    test("by a developer of the app, what is of the app", async () => {
      const developer = await createAccount(platform, "developer", { isDeveloper: true });
      await admin(`POST /apps/${ids.appId}/developers`, { body: { accountId: developer.accountId } });
      const ofApp = ["access-token", "app", "app-secret", "delivery", "event", "extension", "instance"];
      expect(await types(developer.call)).toEqual([...ofApp, "refused-request", "webhook"]);
      const { items } = await find(String(ids.eventId), developer.call);
      const href = `/admin/v1/deliveries?eventId=${ids.eventId}&appId=${ids.appId}`;
      expect(items).toMatchObject([{ type: "event", href }]);
      expect((await developer.call(path(href))).body.items).toMatchObject([{ eventId: ids.eventId }]);
      expect(
        (await developer.call(path((await find(refusedId, developer.call)).items[0]?.href))).status,
      ).toBe(200);
    });

    test("by an owner of the site, what is of the site", async () => {
      const owner = await createAccount(platform, "owner");
      await admin(`PUT /sites/${ids.siteId}/members/${owner.accountId}`, { body: { role: "OWNER" } });
      expect(await types(owner.call)).toEqual([
        "access-token",
        "change",
        "event",
        "install-request",
        "instance",
        "site",
      ]);
      const { items } = await find(String(ids.eventId), owner.call);
      expect(items).toMatchObject([{ type: "event", href: `/admin/v1/sites/${ids.siteId}/events` }]);
      expect((await owner.call(path((await find(changeId, owner.call)).items[0]?.href))).status).toBe(200);
    });

    test("by a key with the scope of the object, besides find:read", async () => {
      const { body } = await admin("POST /api-keys", {
        body: { name: "Few", scopes: ["find:read", "sites:read"] },
      });
      expect(await types(managementCaller(platform, body.value))).toEqual(["site"]);
    });
  });
});
