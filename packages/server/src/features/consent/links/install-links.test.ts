import { stores } from "@latchkey/stores";
import { type CallManagement, errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { PageVisitor } from "@latchkey/test-support/page-visitor";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";

const readProducts = "SCOPE.DC-STORES.READ-PRODUCTS";
const manageProducts = "SCOPE.DC-STORES.MANAGE-PRODUCTS";

describe.each(["sqlite", "postgres"] as const)("install links on %s", (engine) => {
  let platform: TestPlatform;
  let call: CallManagement;

  beforeEach(async () => {
    await platform.clock.reset();
  });
  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine, resources: [stores], now: 1_767_323_045_678 });
    call = managementCaller(platform);
  });
  afterAll(() => platform.close());

  const createApp = (name = "Shipping Rates") =>
    platform.createApp({
      name,
      scopes: [
        { scopeId: readProducts, reason: "To weigh what is sent." },
        { scopeId: manageProducts, optional: true, reason: "To write the weight into each product." },
      ],
    });

  async function createLink(site: { locale?: string } = {}) {
    const { appId } = await createApp();
    const { siteId } = await platform.createSite({ name: "Corner Shop", ...site });
    const { body, status } = await call(`POST /sites/${siteId}/install-links`, { body: { appId } });
    expect([status, body]).toEqual([
      200,
      {
        url: expect.stringMatching(new RegExp(`^${platform.url}/installer/link\\?token=[\\w-]{43}$`)),
        expiresAt: "2026-01-02T03:14:05.678Z",
      },
    ]);
    const url = String(body.url);
    return { appId, siteId, url, visitor: new PageVisitor(platform.url) };
  }

  const instancesOf = async (siteId: string) => (await call(`GET /sites/${siteId}/instances`)).body.items;

  test("show app, site, scopes with reasons and permissions, and install what is ticked", async () => {
    const { appId, siteId, url, visitor } = await createLink();
    const page = await visitor.open(url);
    expect([page.status, page.title]).toEqual([200, "Install Shipping Rates on Corner Shop?"]);
    for (const text of [
      "<dd>Shipping Rates</dd>",
      "<dd>Corner Shop</dd>",
      "<strong>Read Products</strong>",
      "“To weigh what is sent.”",
      "“To write the weight into each product.”",
      "<code>WIX_STORES.READ_PRODUCTS</code>",
    ]) {
      expect(page.text).toContain(text);
    }
    expect(page.form.fields.getAll("scope")).toEqual([readProducts, manageProducts]);
    const done = await visitor.send(page, { decision: "approve", scope: [readProducts] });
    expect([done.status, done.title]).toEqual([200, "Shipping Rates is installed on Corner Shop"]);
    expect(await instancesOf(siteId)).toMatchObject([
      { appId, state: "installed", grant: ["SCOPE.DC-STORES.READ-PRODUCTS", "SCOPE.DC.MANAGE-YOUR-APP"] },
    ]);
    const { body } = await call(`GET /audit?siteId=${siteId}&action=instance.installed`);
    expect(body.items).toMatchObject([{ actor: expect.stringMatching(/^install-link:[0-9a-f-]{36}$/) }]);
  });

  test("speak the language of the site", async () => {
    const { url, visitor } = await createLink({ locale: "de" });
    const page = await visitor.open(url, { "accept-language": "en" });
    expect(page.title).toBe("Shipping Rates auf Corner Shop installieren?");
    expect(page.text).toContain('<html lang="de">');
  });

  test("leave the address at once: no page has the token in its address, and none sends a referrer", async () => {
    const { url, visitor } = await createLink();
    const page = await visitor.open(url);
    expect(visitor.requested).toEqual([url, `${platform.url}/installer/link`]);
    expect(page.text).not.toContain(new URL(url).searchParams.get("token"));
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
    expect(page.headers.get("cache-control")).toBe("no-store");
  });

  test("can be refused, which uses them up", async () => {
    const { siteId, url, visitor } = await createLink();
    const page = await visitor.open(url);
    const refused = await visitor.send(page, { decision: "cancel" });
    expect(refused.title).toBe("Nothing was installed");
    expect(await instancesOf(siteId)).toEqual([]);
    expect((await visitor.send(page, { decision: "approve" })).status).toBe(410);
    expect(await instancesOf(siteId)).toEqual([]);
  });

  test("F13 work once: a second click and a second form are refused", async () => {
    const { url, visitor } = await createLink();
    const page = await visitor.open(url);
    await visitor.send(page, { decision: "approve" });
    for (const again of [await new PageVisitor(platform.url).open(url), await visitor.open(url)]) {
      expect([again.status, again.text]).toEqual([410, expect.stringContaining("INSTALL_LINK_INVALID")]);
    }
    expect((await visitor.send(page, { decision: "approve" })).status).toBe(410);
  });

  test("F13 end 10 minutes after they are created", async () => {
    const { siteId, url, visitor } = await createLink();
    const page = await visitor.open(url);
    await platform.clock.advance("10m");
    const late = await visitor.send(page, { decision: "approve" });
    expect([late.status, late.text]).toEqual([410, expect.stringContaining("INSTALL_LINK_INVALID")]);
    expect((await visitor.open(url)).status).toBe(410);
    expect(await instancesOf(siteId)).toEqual([]);
  });

  test("H9 show the terms again when the app asks for more than the page showed", async () => {
    const { appId, siteId, url, visitor } = await createLink();
    const page = await visitor.open(url);
    const scopes = [readProducts, manageProducts, "SCOPE.DEV_CENTER.APP-INSTANCE-READ-BASIC-INFO"];
    await call(`PATCH /apps/${appId}`, {
      body: { scopes: scopes.map((scopeId) => ({ scopeId, reason: "Because." })) },
    });
    const again = await visitor.send(page, { decision: "approve", scope: scopes });
    expect([again.status, again.title]).toEqual([200, "Install Shipping Rates on Corner Shop?"]);
    expect(again.text).toContain("What this page shows has changed since you opened it");
    expect(await instancesOf(siteId)).toEqual([]);
    expect((await visitor.send(again, { decision: "approve" })).title).toBe(
      "Shipping Rates is installed on Corner Shop",
    );
  });

  test.each([
    ["without a required scope", [manageProducts], "REQUIRED_SCOPE_MISSING"],
    ["with a scope that the app does not request", [readProducts, "SCOPE.OTHER"], "INVALID_FORM"],
  ])("refuse a forged form %s, and stay unused", async (_, scope, code) => {
    const { siteId, url, visitor } = await createLink();
    const page = await visitor.open(url);
    const forged = await visitor.send(page, { decision: "approve", scope });
    expect([forged.status, forged.text]).toEqual([400, expect.stringContaining(`<code>${code}</code>`)]);
    expect(await instancesOf(siteId)).toEqual([]);
    expect((await visitor.send(page, { decision: "approve" })).status).toBe(200);
  });

  test("H5 refuse a form from another site, in a frame, of another link, and without its token", async () => {
    const { siteId, url, visitor } = await createLink();
    const page = await visitor.open(url);
    const other = await createLink();
    const otherPage = await other.visitor.open(other.url);
    const attempts = [
      await visitor.send(page, { decision: "approve" }, { "sec-fetch-site": "cross-site" }),
      await visitor.send(
        page,
        { decision: "approve" },
        { "sec-fetch-site": "same-origin", "sec-fetch-dest": "iframe" },
      ),
      await visitor.send(otherPage, { decision: "approve" }),
      await visitor.send(page, { decision: "approve", formToken: "" }),
    ];
    expect(attempts.map(({ status, text }) => [status, /<code>(\w+)<\/code>/.exec(text)?.[1]])).toEqual([
      [403, "FORM_FROM_ANOTHER_SITE"],
      [403, "FORM_FROM_ANOTHER_SITE"],
      [403, "FORM_EXPIRED"],
      [403, "FORM_EXPIRED"],
    ]);
    expect(await instancesOf(siteId)).toEqual([]);
    expect(await instancesOf(other.siteId)).toEqual([]);
  });

  test("H4 show names that are HTML as text", async () => {
    const { appId } = await createApp("<img src=x onerror=alert(1)>");
    const { siteId } = await platform.createSite({ name: '"><script>alert(1)</script>' });
    const { body } = await call(`POST /sites/${siteId}/install-links`, { body: { appId } });
    const page = await new PageVisitor(platform.url).open(String(body.url));
    expect(page.text).not.toMatch(/<img|<script/);
    expect(page.title).toBe('Install <img src=x onerror=alert(1)> on "><script>alert(1)</script>?');
  });

  test("are not created for an unknown app or site, or a disabled app", async () => {
    const { appId, siteId } = await createLink();
    const unknown = "00000000-0000-4000-8000-000000000000";
    const create = async (site: string, app: string) => {
      const { body, status } = await call(`POST /sites/${site}/install-links`, { body: { appId: app } });
      return [status, body];
    };
    expect(await create(siteId, unknown)).toEqual([
      404,
      errorBody("APP_NOT_FOUND", "There is no app with this id."),
    ]);
    expect(await create(unknown, appId)).toEqual([
      404,
      errorBody("SITE_NOT_FOUND", "There is no site with this id."),
    ]);
    await call(`PATCH /apps/${appId}`, { body: { enabled: false } });
    expect(await create(siteId, appId)).toEqual([
      409,
      errorBody("APP_DISABLED", "The app is disabled; enable it first."),
    ]);
  });

  test("are stored as digests", async () => {
    const { url } = await createLink();
    const rows = await platform.platform.database.read.selectFrom("install_links").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(new URL(url).searchParams.get("token"));
  });
});
