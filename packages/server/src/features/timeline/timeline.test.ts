import { stores } from "@latchkey/stores";
import { createAccount } from "@latchkey/test-support/accounts";
import {
  type CallManagement,
  errorBody,
  managementCaller,
  violations,
} from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { createFindable, type Findable } from "../../testing/support/findable.ts";
import { engines } from "../../testing/test-database.ts";

const timelineOf = (instanceId: unknown) => `GET /instances/${instanceId}/timeline`;
const allKinds = ["refused-request", "delivery", "plugin-call", "change"];

describe.each(engines)("the timeline of an instance on %s", (database) => {
  let platform: TestPlatform;
  let admin: CallManagement;
  let victim: Findable;
  let timeline: string;

  beforeAll(async () => {
    platform = await createTestPlatform({
      database,
      resources: [stores],
      now: 1_767_323_045_678,
      refusedDeliveries: "allow",
    });
    admin = managementCaller(platform);
    victim = await createObserved();
    timeline = timelineOf(victim.ids.instanceId);
  });
  afterAll(() => platform.close());

  /** An instance with an entry of each kind: its last token was revoked and is refused. */
  const createObserved = async () => {
    const findable = await createFindable(platform);
    await admin(`POST /instances/${findable.ids.instanceId}/revoke-tokens`);
    const response = await fetch(`${platform.url}/apps/v1/instance`, {
      headers: { authorization: findable.token },
    });
    await platform.clock.advance(5_000);
    return { ...findable, refusedId: String(response.headers.get("x-request-id")) };
  };
  const kindsOf = (items: readonly Record<string, unknown>[]) =>
    [...new Set(items.map(({ kind }) => kind))].sort();
  const requestWith = (body: object) =>
    fetch(`${platform.url}/oauth2/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ grant_type: "client_credentials", ...body }),
    });

  test("has everything that is recorded about it, newest first", async () => {
    const { items, nextCursor } = (await admin(timeline)).body;
    expect(nextCursor).toBeNull();
    const ids = items.map(({ id }) => String(id));
    expect(ids).toEqual([...ids].sort().reverse());
    expect(kindsOf(items)).toEqual([...allKinds].sort());
    const none = { outcome: null, detail: null, httpStatus: null, durationMs: null };
    expect(items.find(({ kind }) => kind === "refused-request")).toEqual({
      ...none,
      kind: "refused-request",
      id: expect.any(String),
      at: "2026-01-02T03:04:10.678Z",
      lastAt: "2026-01-02T03:04:10.678Z",
      name: "GET /apps/v1/instance",
      outcome: "generation_raised",
      requests: 1,
      actor: null,
      requestId: victim.refusedId,
    });
    expect(items.find(({ name }) => name === "AppInstalled")).toMatchObject({
      kind: "delivery",
      outcome: "pending",
      requests: null,
      actor: null,
      requestId: null,
    });
    expect(items.find(({ kind }) => kind === "plugin-call")).toMatchObject({
      name: "ECOM_SHIPPING_RATES.getShippingRates",
      outcome: "UNREACHABLE",
      httpStatus: null,
    });
    expect(items.find(({ name }) => name === "instance.tokens.revoked")).toEqual({
      ...none,
      kind: "change",
      id: expect.any(String),
      at: "2026-01-02T03:04:10.678Z",
      lastAt: null,
      name: "instance.tokens.revoked",
      requests: null,
      actor: "admin",
      requestId: expect.any(String),
    });
  });

  test("names the object of each entry, by which its list is filtered", async () => {
    const { items } = (await admin(timeline)).body;
    const idOf = (kind: string) => items.find((one) => one.kind === kind)?.id;
    const { instanceId } = victim.ids;
    const lists = {
      "refused-request": [`/token-log?instanceId=${instanceId}`, "entryId"],
      "plugin-call": [`/service-plugin-calls?instanceId=${instanceId}`, "callId"],
      change: [`/audit?instanceId=${instanceId}`, "entryId"],
    } as const;
    for (const [kind, [path, field]] of Object.entries(lists)) {
      const listed = (await admin(`GET ${path}`)).body.items.map((item) => item[field]);
      expect([kind, listed]).toEqual([kind, expect.arrayContaining([idOf(kind)])]);
    }
    expect((await admin(`GET /deliveries/${idOf("delivery")}`)).status).toBe(200);
  });

  test("returns each entry once, also while new ones arrive", async () => {
    const { ids } = await createObserved();
    const path = timelineOf(ids.instanceId);
    const all = (await admin(`${path}?limit=100`)).body.items.map(({ id }) => id);
    expect(all.length).toBeGreaterThan(3);
    const read: unknown[] = [];
    for (let next: string | null = ""; next !== null; ) {
      const { body } = await admin(`${path}?limit=1${next && `&cursor=${next}`}`);
      read.push(...body.items.map(({ id }) => id));
      next = body.nextCursor;
      await admin(`POST /instances/${ids.instanceId}/revoke-tokens`);
    }
    expect(read).toEqual(all);
    const newest = (await admin(`${path}?limit=100`)).body.items.map(({ id }) => id);
    expect(newest.slice(-all.length)).toEqual(all);
    expect(newest.length).toBe(2 * all.length);
  });

  test("has only the entries of some kinds, or of a time", async () => {
    const kinds = async (query: string) => kindsOf((await admin(`${timeline}?${query}`)).body.items);
    expect(await kinds("kinds=change")).toEqual(["change"]);
    expect(await kinds("kinds=delivery,plugin-call")).toEqual(["delivery", "plugin-call"]);
    expect(await kinds("until=2026-01-02T03:04:05Z")).toEqual([]);
    expect(await kinds("since=2026-01-02T03:04:05Z&until=2026-01-02T03:04:11Z")).toEqual(
      [...allKinds].sort(),
    );
  });

  test("refuses a kind that it does not know", async () => {
    const { body, status } = await admin(`${timeline}?kinds=change,token`);
    const description = "must be some of refused-request, delivery, plugin-call, change, separated by commas";
    expect([status, body]).toEqual([
      400,
      violations({ field: "kinds", description, violatedRule: "FORMAT" }),
    ]);
  });

  test("continues after 5,000 requests of another app that named the instance", async () => {
    const { ids } = await createObserved();
    const row = {
      ...{ app_id: "other", instance_id: String(ids.instanceId), reason: "expired" },
      ...{
        kind: "client" as const,
        route: "",
        requests: 1,
        first_at: 0,
        last_at: 0,
        first_request_id: "",
        last_request_id: "",
      },
    };
    await platform.platform.database.write(async (trx) => {
      for (let from = 0; from < 5_000; from += 1_000) {
        const rows = Array.from({ length: 1_000 }, (_, index) => ({
          ...row,
          entry_id: `ffffffff-${from + index}`,
          hour: from + index,
        }));
        await trx.insertInto("token_log").values(rows).execute();
      }
    });
    const path = timelineOf(ids.instanceId);
    const first = (await admin(`${path}?limit=100`)).body;
    expect(first.items).toEqual([]);
    const second = (await admin(`${path}?limit=100&cursor=${first.nextCursor}`)).body;
    expect(kindsOf(second.items)).toEqual([...allKinds].sort());
    expect(second.nextCursor).toBeNull();
  });

  describe("in its summary", () => {
    const summaryOf = async (instanceId: unknown) => (await admin(timelineOf(instanceId))).body.summary;

    test("counts tokens and openings of pages, which are stored every 5 seconds", async () => {
      const app = await platform.createApp();
      const { siteId } = await platform.createSite();
      const { instanceId } = await platform.install({ appId: app.appId, siteId });
      const { body: extension } = await admin(`POST /apps/${app.appId}/extensions`, {
        body: { kind: "IFRAME_PAGE", url: "http://127.0.0.1:9999/page" },
      });
      const { extensionId } = extension;
      expect(await summaryOf(instanceId)).toEqual({
        kinds: allKinds,
        tokens: { issued: 0, lastAt: null },
        pages: [],
      });
      const credentials = { client_id: app.appId, client_secret: app.secret.value };
      const lastAt = new Date(platform.clock.now()).toISOString();
      for (let count = 0; count < 3; count += 1) {
        expect((await requestWith({ ...credentials, instance_id: instanceId })).status).toBe(200);
      }
      await admin(`POST /instances/${instanceId}/page-url`, { body: { extensionId } });
      await admin(`POST /instances/${instanceId}/page-url`, { body: { extensionId } });
      await admin(`POST /instances/${instanceId}/page-url`, { body: { extensionId: instanceId } });
      await platform.clock.advance(5_000);
      expect(await summaryOf(instanceId)).toEqual({
        kinds: allKinds,
        tokens: { issued: 3, lastAt },
        pages: [{ extensionId, openings: 2, lastAt }],
      });
      const later = new Date(platform.clock.now()).toISOString();
      await requestWith({ ...credentials, instance_id: instanceId });
      await platform.clock.advance(5_000);
      expect(await summaryOf(instanceId)).toMatchObject({ tokens: { issued: 4, lastAt: later } });
    });
  });

  describe("shows to", () => {
    const shown = async (call: CallManagement) => {
      const { body, status } = await call(timeline);
      expect(status).toBe(200);
      expect(kindsOf(body.items)).toEqual([...(body.summary as { kinds: string[] }).kinds].sort());
      return (body.summary as { kinds: string[] }).kinds;
    };
    const keyWith = async (scopes: readonly string[], appId?: string) =>
      managementCaller(
        platform,
        (await admin("POST /api-keys", { body: { name: "Key", scopes, appId } })).body.value,
      );
    const memberWith = async (name: string, role: string) => {
      const { accountId, call } = await createAccount(platform, name);
      await admin(`PUT /sites/${victim.ids.siteId}/members/${accountId}`, { body: { role } });
      return call;
    };

    test("developers of the app everything", async () => {
      const developer = await createAccount(platform, "developer", { isDeveloper: true });
      await admin(`POST /apps/${victim.ids.appId}/developers`, { body: { accountId: developer.accountId } });
      expect(await shown(developer.call)).toEqual(allKinds);
    });

    test("owners of the site changes, and other members the summary", async () => {
      await admin("PUT /roles/EDITOR", { body: { permissions: [] } });
      expect(await shown(await memberWith("owner", "OWNER"))).toEqual(["change"]);
      expect(await shown(await memberWith("editor", "EDITOR"))).toEqual([]);
    });

    test("a key the kinds whose scopes it has", async () => {
      expect(await shown(await keyWith(["instances:read"]))).toEqual([]);
      const own = victim.ids.appId;
      expect(await shown(await keyWith(["instances:read", "deliveries:read"], own))).toEqual(["delivery"]);
      const more = ["token-log:read", "service-plugins:read", "audit:read"];
      expect(await shown(await keyWith(["instances:read", ...more]))).toEqual([
        ...["refused-request", "plugin-call", "change"],
      ]);
    });

    test("others nothing, and a key without the scope nothing", async () => {
      const notFound = [404, errorBody("INSTANCE_NOT_FOUND", "There is no instance with this id.")];
      const read = async (call: CallManagement) => {
        const { body, status } = await call(timeline);
        return [status, body];
      };
      const stranger = await createAccount(platform, "stranger", { isDeveloper: true });
      expect(await read(stranger.call)).toEqual(notFound);
      const other = await platform.createApp();
      expect(await read(await keyWith(["instances:read", "audit:read"], other.appId))).toEqual(notFound);
      expect(await read(await keyWith(["audit:read"]))).toEqual([
        403,
        errorBody("PERMISSION_DENIED", "This call needs an API key with the scope instances:read.", {
          scope: "instances:read",
        }),
      ]);
    });

    test("no one the requests of another app that named the instance", async () => {
      const other = await platform.createApp();
      await requestWith({
        ...{ client_id: other.appId, client_secret: other.secret.value },
        instance_id: victim.ids.instanceId,
      });
      await platform.clock.advance(5_000);
      const { items } = (await admin(`GET /token-log?appId=${other.appId}`)).body;
      expect(items).toMatchObject([{ instanceId: victim.ids.instanceId }]);
      const refused = (await admin(`${timeline}?kinds=refused-request`)).body.items;
      expect(refused.map(({ outcome }) => outcome)).toEqual(["generation_raised"]);
    });
  });
});
