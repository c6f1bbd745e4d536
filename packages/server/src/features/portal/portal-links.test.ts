import { cookieOf, createAccount } from "@latchkey/test-support/accounts";
import {
  type CallManagement,
  errorBody,
  managementCaller,
  violations,
} from "@latchkey/test-support/management-client";
import { createPortalLink, openPortal, portalCaller } from "@latchkey/test-support/portal";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

const origin = "https://product.example";
const invalid =
  "This link was used already, or its session has ended. Reload the page that contains this frame.";
const ended = errorBody(
  "UNAUTHENTICATED",
  "The session of the portal has ended. Load the page that contains it again.",
);

describe.each(["sqlite", "postgres"] as const)("portal links on %s", (engine) => {
  let platform: TestPlatform;
  let admin: CallManagement;

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine, now: 1_767_323_045_678 });
    admin = managementCaller(platform);
  });
  beforeEach(async () => {
    await platform.clock.reset();
  });
  afterAll(() => platform.close());

  const visit = async (url: string, headers: Record<string, string> = {}) => {
    const response = await fetch(url, { redirect: "manual", headers });
    return { response, status: response.status, text: await response.text() };
  };
  const portalUrl = (linkId: string) => `${platform.url}/portal/${linkId}`;
  const isInvalid = ({ status, text }: { status: number; text: string }) => {
    expect([status, text]).toEqual([410, expect.stringContaining(invalid)]);
  };
  const auditOf = async (filter: string) =>
    (await admin(`GET /audit?${filter}`)).body.items.map(({ action, actor, details }) => [
      action,
      actor,
      details,
    ]);

  test("lead to the pages of an app, in a frame of one origin, and begin a session of an hour", async () => {
    const { appId } = await platform.createApp({ name: "Shipping Rates" });
    const theme = { colorScheme: "dark", primaryColor: "#1971c2" };
    const body = { pages: ["webhooks", "health"], origin, theme };
    const created = await admin(`POST /apps/${appId}/portal-links`, { body });
    expect([created.status, created.body]).toEqual([
      200,
      {
        linkId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        url: expect.stringMatching(new RegExp(`^${platform.url}/portal\\?token=[\\w-]{43}$`)),
        expiresAt: "2026-01-02T03:09:05.678Z",
      },
    ]);
    const linkId = String(created.body.linkId);
    const { response, status } = await visit(String(created.body.url));
    expect([status, response.headers.get("location"), response.headers.get("cache-control")]).toEqual([
      303,
      `/portal/${linkId}`,
      "no-store",
    ]);
    expect(response.headers.get("set-cookie")).toMatch(
      new RegExp(
        `^latchkey_portal_${linkId}_${new URL(platform.url).port}=[\\w-]{43}; Max-Age=3600; Path=/; HttpOnly; Secure; SameSite=None; Partitioned$`,
      ),
    );
    const cookie = cookieOf(response);
    const page = await visit(`${portalUrl(linkId)}/apps/${appId}/webhooks`, { cookie });
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('<div id="root">')]);
    expect(page.response.headers.get("content-security-policy")).toMatch(
      /; frame-ancestors https:\/\/product\.example$/,
    );
    expect([
      page.response.headers.get("x-frame-options"),
      page.response.headers.get("cache-control"),
    ]).toEqual([null, "no-store"]);
    const me = await portalCaller(platform, { cookie, linkId })("GET /me");
    expect(me.body).toEqual({
      name: `portal:${linkId}`,
      account: null,
      portal: {
        ...{ linkId, appId, siteId: null, pages: ["webhooks", "health"], theme },
        expiresAt: "2026-01-02T04:04:05.678Z",
      },
    });
    const details = { linkId, pages: ["webhooks", "health"], origin };
    expect((await auditOf(`appId=${appId}`)).slice(0, 2)).toEqual([
      ["portal-link.used", `portal:${linkId}`, { linkId }],
      ["portal-link.created", "admin", details],
    ]);
  });

  test("F13 work once: of two uses at once, one counts, and later ones are refused", async () => {
    const { appId } = await platform.createApp();
    const { linkId, url } = await createPortalLink(platform, { appId, pages: ["logs"] });
    const both = await Promise.all([visit(url), visit(url)]);
    expect(both.map(({ status }) => status).sort()).toEqual([303, 410]);
    const again = await visit(url);
    isInvalid(again);
    expect(again.response.headers.get("set-cookie")).toBeNull();
    expect((await auditOf(`actor=portal:${linkId}`)).map(([action]) => action)).toEqual(["portal-link.used"]);
    const won = both.find(({ status }) => status === 303);
    const cookie = won === undefined ? "" : cookieOf(won.response);
    expect((await portalCaller(platform, { cookie, linkId })("GET /me")).status).toBe(200);
  });

  test("F13 end 5 minutes after they are created, and their sessions an hour after the use", async () => {
    const { appId } = await platform.createApp();
    const { url } = await createPortalLink(platform, { appId, pages: ["logs"] });
    const { call, cookie, linkId } = await openPortal(platform, { appId, pages: ["logs"] });
    await platform.clock.advance("5m");
    isInvalid(await visit(url));
    await platform.clock.advance(55 * 60_000 - 1);
    expect((await call("GET /me")).status).toBe(200);
    await platform.clock.advance(1);
    const response = await call("GET /me");
    expect([response.status, response.body]).toEqual([401, ended]);
    isInvalid(await visit(portalUrl(linkId), { cookie }));
  });

  test("show a clear page in every frame when they cannot be used, without anything that can be clicked", async () => {
    const { appId } = await platform.createApp();
    const { linkId } = await openPortal(platform, { appId, pages: ["logs"] });
    for (const url of [`${platform.url}/portal?token=${"A".repeat(43)}`, portalUrl(linkId)]) {
      const page = await visit(url);
      isInvalid(page);
      expect(page.text).not.toMatch(/<(a|form|script|button)\b/);
      expect([
        page.response.headers.get("content-security-policy"),
        page.response.headers.get("x-frame-options"),
      ]).toEqual([expect.stringMatching(/default-src 'none'.*frame-ancestors \*$/), null]);
    }
    const german = await visit(portalUrl(linkId), { "accept-language": "de" });
    expect(german.text).toContain("Dieser Link wurde schon benutzt, oder seine Sitzung ist beendet.");
  });

  test("are not used up by HEAD", async () => {
    const { appId } = await platform.createApp();
    const { url } = await createPortalLink(platform, { appId, pages: ["logs"] });
    const head = await fetch(url, { method: "HEAD", redirect: "manual" });
    expect([head.status, head.headers.get("allow")]).toEqual([405, "GET"]);
    expect((await visit(url)).status).toBe(303);
  });

  test("are stored as digests", async () => {
    const { appId } = await platform.createApp();
    const { url } = await createPortalLink(platform, { appId, pages: ["logs"] });
    const { cookie } = await openPortal(platform, { appId, pages: ["logs"] });
    const rows = await platform.platform.database.read.selectFrom("portal_links").selectAll().execute();
    for (const secret of [new URL(url).searchParams.get("token"), cookie.split("=")[1]]) {
      expect(secret).toMatch(/^[\w-]{43}$/);
      expect(JSON.stringify(rows)).not.toContain(secret);
    }
  });

  test("are listed until they end, and end at once when they are deleted", async () => {
    const { appId } = await platform.createApp();
    const { siteId } = await platform.createSite();
    const path = `/sites/${siteId}/portal-links`;
    const unused = await createPortalLink(platform, { siteId, pages: ["apps"] });
    const used = await openPortal(platform, { siteId, pages: ["requests"] });
    const { items } = (await admin(`GET ${path}`)).body;
    expect(items).toHaveLength(2);
    expect(items.find(({ linkId }) => linkId === used.linkId)).toEqual({
      ...{ linkId: used.linkId, appId: null, siteId, pages: ["requests"], origin, theme: {} },
      ...{ createdBy: "admin", createdAt: "2026-01-02T03:04:05.678Z", usedAt: "2026-01-02T03:04:05.678Z" },
      expiresAt: "2026-01-02T04:04:05.678Z",
    });
    const { body: key } = await admin("POST /api-keys", {
      body: { name: "Bound", scopes: ["portal-links:write"], appId },
    });
    const wrong = await managementCaller(platform, key.value)(`DELETE /portal-links/${used.linkId}`);
    expect([wrong.status, wrong.body]).toEqual([
      404,
      errorBody("PORTAL_LINK_NOT_FOUND", "There is no portal link with this id; it may have expired."),
    ]);
    for (const { linkId } of [unused, used]) {
      expect((await admin(`DELETE /portal-links/${linkId}`)).status).toBe(200);
    }
    expect((await used.call("GET /me")).body).toEqual(ended);
    isInvalid(await visit(portalUrl(used.linkId), { cookie: used.cookie }));
    isInvalid(await visit(unused.url));
    expect((await admin(`GET ${path}`)).body.items).toEqual([]);
    expect((await auditOf(`siteId=${siteId}`))[0]).toEqual([
      "portal-link.deleted",
      "admin",
      { linkId: used.linkId },
    ]);
  });

  test("end at once when the app is disabled or deleted, or the site is deleted", async () => {
    const app = await platform.createApp();
    const site = await platform.createSite();
    const ofApp = { appId: app.appId, pages: ["logs"] };
    const ofSite = { siteId: site.siteId, pages: ["apps"] };
    const [appPortal, sitePortal] = [await openPortal(platform, ofApp), await openPortal(platform, ofSite)];
    const unused = [await createPortalLink(platform, ofApp), await createPortalLink(platform, ofSite)];
    expect((await appPortal.call("GET /me")).status).toBe(200);
    await admin(`PATCH /apps/${app.appId}`, { body: { enabled: false } });
    expect((await appPortal.call("GET /me")).body).toEqual(ended);
    const refused = await admin(`POST /apps/${app.appId}/portal-links`, {
      body: { pages: ["logs"], origin },
    });
    expect([refused.status, refused.body]).toEqual([
      409,
      errorBody("APP_DISABLED", "The app is disabled; enable it first."),
    ]);
    await admin(`DELETE /apps/${app.appId}`);
    await admin(`DELETE /sites/${site.siteId}`);
    for (const { call } of [appPortal, sitePortal]) expect((await call("GET /me")).body).toEqual(ended);
    for (const { url } of unused) isInvalid(await visit(url));
    for (const path of [`/apps/${app.appId}`, `/sites/${site.siteId}`]) {
      expect((await admin(`GET ${path}/portal-links`)).status).toBe(404);
    }
  });

  test("are limited for each app and each site", async () => {
    const { appId } = await platform.createApp();
    const { siteId } = await platform.createSite();
    const now = platform.clock.now();
    const link = (n: number) => ({
      ...{ link_id: `${siteId}-${n}`, digest: `${siteId}-${n}`, app_id: null, site_id: siteId, pages: "[]" },
      ...{ origin, theme: "{}", created_by: "admin", created_at: now, used_at: null, expires_at: now + 1 },
    });
    await platform.platform.database.write(async (trx) => {
      const rows = Array.from({ length: 1_000 }, (_, n) => link(n));
      for (const part of [rows.slice(0, 500), rows.slice(500)]) {
        await trx.insertInto("portal_links").values(part).execute();
      }
    });
    const path = `POST /sites/${siteId}/portal-links`;
    const refused = await admin(path, { body: { pages: ["apps"], origin } });
    expect([refused.status, refused.body]).toEqual([
      409,
      errorBody(
        "TOO_MANY_PORTAL_LINKS",
        "The app or the site has as many portal links and sessions as it may have; wait until some have expired, or delete some.",
      ),
    ]);
    expect(
      (await admin(`POST /apps/${appId}/portal-links`, { body: { pages: ["logs"], origin } })).status,
    ).toBe(200);
    await platform.clock.advance(1);
    expect((await admin(path, { body: { pages: ["apps"], origin } })).status).toBe(200);
  });

  test.each([
    "https://product.example/",
    "https://product.example/page",
    "https://Product.example",
    "https://product.example:443",
    "https://*.example",
    "https://a.example;script-src",
    "https://a.example https://b.example",
    "http://product.example",
    "null",
    "https://user@product.example",
    "'self'",
  ])("are refused for the origin %j", async (wrong) => {
    const { appId } = await platform.createApp();
    const body = { pages: ["logs"], origin: wrong };
    const response = await admin(`POST /apps/${appId}/portal-links`, { body });
    expect([response.status, response.body]).toMatchObject([
      400,
      violations({ field: "origin", description: expect.stringMatching(/^must /), violatedRule: "FORMAT" }),
    ]);
  });

  test.each([
    [{ pages: [] }, "pages"],
    [{ pages: ["apps"] }, "pages[0]"],
    [{ theme: { primaryColor: "red;" } }, "theme.primaryColor"],
    [{ theme: { colorScheme: "blue" } }, "theme.colorScheme"],
  ])("are refused with %j", async (change, field) => {
    const { appId } = await platform.createApp();
    const body = { pages: ["logs"], origin, ...change };
    const response = await admin(`POST /apps/${appId}/portal-links`, { body });
    expect([response.status, response.body]).toMatchObject([400, violations({ field })]);
  });

  describe("are created", () => {
    const create = async (call: CallManagement, owner: string, pages: readonly string[]) => {
      const { body, status } = await call(`POST /${owner}/portal-links`, { body: { pages, origin } });
      return status === 200 ? 200 : [status, body.message];
    };

    test("by a key for its own app, with the pages that its scopes reach", async () => {
      const { appId } = await platform.createApp();
      const other = await platform.createApp();
      const { siteId } = await platform.createSite();
      const scopes = ["portal-links:write", "apps:read", "audit:read", "token-log:read"];
      const { body } = await admin("POST /api-keys", {
        body: { name: "Portal", scopes: [...scopes, "service-plugins:read", "deliveries:read"], appId },
      });
      const key = managementCaller(platform, body.value);
      expect(await create(key, `apps/${appId}`, ["logs"])).toBe(200);
      expect(await create(key, `apps/${appId}`, ["logs", "oauth"])).toEqual([
        403,
        "This call needs an API key with the scope apps:write.",
      ]);
      expect(await create(key, `apps/${other.appId}`, ["logs"])).toEqual([
        404,
        "There is no app with this id.",
      ]);
      expect(await create(key, `sites/${siteId}`, ["apps"])).toEqual([
        403,
        "This call concerns the whole platform; a key that is bound to one app cannot make it.",
      ]);
    });

    test("by an operator, and by no developer, owner or portal", async () => {
      const { appId } = await platform.createApp();
      const { siteId } = await platform.createSite();
      const operator = await createAccount(platform, `operator-${engine}`, { isOperator: true });
      const developer = await createAccount(platform, `developer-${engine}`, { isDeveloper: true });
      await admin(`POST /apps/${appId}/developers`, { body: { accountId: developer.accountId } });
      await admin(`PUT /sites/${siteId}/members/${developer.accountId}`, { body: { role: "OWNER" } });
      const portal = await openPortal(platform, { appId, pages: ["oauth"] });
      expect(await create(operator.call, `apps/${appId}`, ["oauth"])).toBe(200);
      expect(await create(operator.call, `sites/${siteId}`, ["apps"])).toBe(200);
      expect(await create(developer.call, `apps/${appId}`, ["oauth"])).toEqual([
        403,
        "This call is for an operator.",
      ]);
      expect(await create(developer.call, `sites/${siteId}`, ["apps"])).toEqual([
        403,
        "This call is for an operator.",
      ]);
      expect(await create(portal.call, `apps/${appId}`, ["oauth"])).toEqual([
        403,
        "A portal link cannot make this call.",
      ]);
    });
  });
});
