import { requestToken } from "@latchkey/test-support/request-token";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";
import { engines } from "../../../testing/test-database.ts";

const readInstallations = "SCOPE.APP_MARKET.READ_APP_INSTALLATIONS";
const entityFqdn = "wix.app.installations.v1.app_installation";
const time = "2026-01-02T03:04:05.678Z";

describe.each(engines)("app installations on %s", (database) => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await createTestPlatform({ database, now: 1_767_323_045_678 });
  });
  afterAll(() => platform.close());

  const install = async (scopes: readonly string[] = [readInstallations]) => {
    const { appId, secret } = await platform.createApp({ scopes });
    const { siteId } = await platform.createSite();
    const { instanceId } = await platform.install({ appId, siteId });
    return { appId, instanceId, siteId, secret: secret.value };
  };
  const entity = ({ appId, instanceId, siteId }: Awaited<ReturnType<typeof install>>, status: string) => ({
    ...{ id: instanceId, instanceId, appId, appVersion: "1", status, siteInfo: { siteId } },
    ...{ firstInstallationDate: time, createdDate: time, updatedDate: time },
  });
  const eventsOf = async (instanceId: string) => {
    const rows = await platform.platform.database.read
      .selectFrom("events")
      .select(["event_type", "event_id", "payload"])
      .where("instance_id", "=", instanceId)
      .orderBy("event_id")
      .execute();
    return rows.map((row) => ({ type: row.event_type, id: row.event_id, payload: JSON.parse(row.payload) }));
  };

  test("have events beside AppInstalled and AppRemoved, which stay the first and the last", async () => {
    const installed = await install();
    const { appId, instanceId, siteId } = installed;
    await platform.remove(instanceId);
    await platform.install({ appId, siteId });
    const events = await eventsOf(instanceId);
    expect(events.map(({ type }) => type)).toEqual([
      ...["AppInstalled", `${entityFqdn}_created`],
      ...[`${entityFqdn}_updated`, "AppRemoved"],
      ...["AppInstalled", `${entityFqdn}_updated`],
    ]);
    const envelope = (index: number, slug: string, sequence: string, change: object) => ({
      ...{ id: events[index]?.id, entityFqdn, slug, entityId: instanceId, eventTime: time },
      ...{ triggeredByAnonymizeRequest: false, originatedFrom: "", entityEventSequence: sequence },
      ...change,
    });
    const isInstalled = entity(installed, "INSTALLED");
    expect([1, 2, 5].map((index) => events[index]?.payload)).toEqual([
      envelope(1, "created", "1", { createdEvent: { entity: isInstalled } }),
      envelope(2, "updated", "2", { updatedEvent: { currentEntity: entity(installed, "UNINSTALLED") } }),
      envelope(5, "updated", "3", { updatedEvent: { currentEntity: isInstalled } }),
    ]);
  });

  test("have no events for an app without the permission to read them", async () => {
    const { instanceId } = await install([]);
    await platform.remove(instanceId);
    expect((await eventsOf(instanceId)).map(({ type }) => type)).toEqual(["AppInstalled", "AppRemoved"]);
  });

  describe("are queried", () => {
    const query = async (token: string, body: object) => {
      const response = await fetch(`${platform.url}/app-installations/v1/app-installations/query`, {
        method: "POST",
        headers: { authorization: token, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    };

    test("page by page, also removed ones, those of the own app only", async () => {
      const first = await install();
      await install();
      const { appId } = first;
      const { siteId } = await platform.createSite();
      const { instanceId } = await platform.install({ appId, siteId });
      await platform.remove(instanceId);
      const token = await requestToken(platform.url, first);
      const expected = [
        entity(first, "INSTALLED"),
        entity({ ...first, instanceId, siteId }, "UNINSTALLED"),
      ].sort((one, other) => (one.id < other.id ? -1 : 1));
      const page = { limit: 1 };
      const one = await query(token, { query: { cursorPaging: page } });
      expect([one.status, one.body]).toEqual([
        200,
        {
          appInstallations: expected.slice(0, 1),
          pagingMetadata: { count: 1, cursors: { next: expect.any(String) }, hasNext: true },
        },
      ]);
      const { next } = one.body.pagingMetadata.cursors;
      const two = await query(token, { query: { cursorPaging: { ...page, cursor: next } } });
      expect(two.body).toEqual({
        appInstallations: expected.slice(1),
        pagingMetadata: { count: 1, cursors: { next: null }, hasNext: false },
      });
      const installed = await query(token, { query: { filter: { status: "INSTALLED" } } });
      expect(installed.body.appInstallations).toEqual([entity(first, "INSTALLED")]);
      const cursor = { cursorPaging: { cursor: next }, filter: { status: "INSTALLED" } };
      expect((await query(token, { query: cursor })).body).toMatchObject({
        details: { applicationError: { code: "INVALID_CURSOR" } },
      });
    });

    test("with filters and orders that exist, by an app with the permission", async () => {
      const token = await requestToken(platform.url, await install());
      const sorted = await query(token, { query: { sort: [{ fieldName: "createdDate" }] } });
      expect([sorted.status, sorted.body.details.validationError.fieldViolations]).toMatchObject([
        400,
        [{ field: "query", violatedRule: "FIELD_NOT_ALLOWED" }],
      ]);
      const other = await requestToken(platform.url, await install([]));
      expect(await query(other, {})).toMatchObject({
        status: 403,
        body: { message: "Permission APP_MARKET.READ_APP_INSTALLATIONS is required" },
      });
    });
  });
});
