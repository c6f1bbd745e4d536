import { importInstanceKey, readInstanceParameter } from "@latchkey/protocol";
import { stores } from "@latchkey/stores";
import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import { PageVisitor } from "@latchkey/test-support/page-visitor";
import { createPerson, type Person } from "@latchkey/test-support/people";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";

const readProducts = "SCOPE.DC-STORES.READ-PRODUCTS";
const manageProducts = "SCOPE.DC-STORES.MANAGE-PRODUCTS";
const back = "https://app.example/installed";

describe.each(["sqlite", "postgres"] as const)("/app-installer on %s", (engine) => {
  let platform: TestPlatform;
  let call: CallManagement;

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine, resources: [stores], now: 1_767_323_045_678 });
    call = managementCaller(platform);
  });
  afterAll(() => platform.close());

  const createApp = () =>
    platform.createApp({
      name: "Shipping Rates",
      scopes: [readProducts, { scopeId: manageProducts, optional: true }],
      postInstallationUrls: [back, "https://app.example/other?fixed=1"],
    });
  const addressOf = (appId: string, url = back, more = "") =>
    `/app-installer?appId=${appId}&postInstallationUrl=${encodeURIComponent(url)}${more}`;

  async function addSite({ accountId }: Person, { name = "Corner Shop", role = "OWNER" } = {}) {
    const { siteId } = await platform.createSite({ name });
    if (role !== "OWNER") await call(`PUT /roles/${role}`, { body: { permissions: [] } });
    await call(`PUT /sites/${siteId}/members/${accountId}`, { body: { role } });
    return siteId;
  }
  const instancesOf = async (siteId: string) => (await call(`GET /sites/${siteId}/instances`)).body.items;

  test("asks a person who is not signed in to sign in, and continues there", async () => {
    const { appId } = await createApp();
    const response = await fetch(platform.url + addressOf(appId), { redirect: "manual" });
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe(
      `/sign-in?continue=${encodeURIComponent(addressOf(appId))}`,
    );
  });

  test("lets the person choose a site, asks, and returns with the instance; the app keeps its own query", async () => {
    const { appId, secret } = await createApp();
    const person = await createPerson(platform);
    await addSite(person, { name: "Bakery" });
    const siteId = await addSite(person);
    const choice = await person.visitor.open(addressOf(appId, `${back}?ref=a%20b&x=1+2`));
    expect(choice.title).toBe("Where do you want to install Shipping Rates?");
    expect(choice.text.indexOf("Bakery")).toBeLessThan(choice.text.indexOf("Corner Shop"));
    const page = await person.visitor.send(choice, { siteId });
    expect(page.title).toBe("Install Shipping Rates on Corner Shop?");
    expect(page.headers.get("content-security-policy")).toContain("form-action 'self' https://app.example;");
    const { leftTo } = await person.visitor.send(page, { decision: "approve", scope: [readProducts] });
    const [instance] = await instancesOf(siteId);
    expect(instance).toMatchObject({ appId, state: "installed" });
    const query = new URLSearchParams(leftTo?.search);
    expect(leftTo?.href.startsWith(`${back}?ref=a%20b&x=1+2&appId=${appId}&`)).toBe(true);
    expect([query.get("tenantId"), query.get("instanceId")]).toEqual([siteId, instance?.instanceId]);
    expect(query.get("granted")).toBe(`${readProducts} SCOPE.DC.MANAGE-YOUR-APP`);
    const keys = [await importInstanceKey(secret.value)];
    const signed = query.get("signedInstance") ?? "";
    expect(await readInstanceParameter(signed, { keys, now: platform.clock.now() })).toMatchObject({
      parameter: {
        ...{ instanceId: instance?.instanceId, appDefId: appId, uid: person.accountId },
        ...{ permissions: "OWNER", expirationDate: "2026-01-02T07:04:05.678Z" },
      },
    });
    const { body } = await call(`GET /audit?siteId=${siteId}&action=instance.installed`);
    expect(body.items).toMatchObject([{ actor: `account:${person.accountId}` }]);
  });

  test("sends a person who has the instance on without a second consent", async () => {
    const { appId } = await createApp();
    const person = await createPerson(platform);
    const siteId = await addSite(person);
    const { instanceId } = await platform.install({ appId, siteId });
    const { leftTo } = await person.visitor.open(addressOf(appId, back, `&siteId=${siteId}`));
    expect(leftTo?.searchParams.get("instanceId")).toBe(instanceId);
  });

  test("returns with an error when the person refuses", async () => {
    const { appId } = await createApp();
    const person = await createPerson(platform);
    const siteId = await addSite(person);
    const page = await person.visitor.open(addressOf(appId, `${back}?a=1`, `&siteId=${siteId}`));
    const { leftTo } = await person.visitor.send(page, { decision: "cancel" });
    expect(leftTo?.href).toBe(`${back}?a=1&appId=${appId}&error=access_denied`);
    expect(await instancesOf(siteId)).toEqual([]);
  });

  test.each([
    "https://app.example.evil.example/installed",
    "https://evil.example@app.example/installed",
    "https://app.example@evil.example/installed",
    "https://app.example/installed/",
    "https://app.example/installed/more",
    "https://app.example/x/../installed",
    "https://app.example/%69nstalled",
    "https://app.example:443/installed",
    "https://app.example:8443/installed",
    "https://APP.example/installed",
    "https://app.example/INSTALLED",
    "http://app.example/installed",
    "//app.example/installed",
    "https:app.example/installed",
    "https:\\\\app.example\\installed",
    "https://app.example\\@evil.example/installed",
    "https://app.example/installed#fragment",
    "https://app.example/installed?x=1#fragment",
    "https://app.example/installed?instanceId=00000000-0000-4000-8000-000000000000",
    "https://app.example/installed?signedInstance=x",
    " https://app.example/installed",
    "https://app.example/installed\t",
    "javascript:alert(1)",
    "data:text/html,hello",
    "https://xn--pp-eka.example/installed",
    "https://app.example/other?fixed=2",
  ])("F2 does not redirect to %s", async (url) => {
    const { appId } = await createApp();
    const person = await createPerson(platform);
    await addSite(person);
    const page = await person.visitor.open(addressOf(appId, url));
    expect([page.status, page.leftTo]).toEqual([400, undefined]);
    expect(page.text).toContain("<code>REDIRECT_NOT_REGISTERED</code>");
    expect(page.text).not.toContain("evil");
  });

  test("F1 shows an error for an unknown app, and redirects nowhere", async () => {
    const page = await new PageVisitor(platform.url).open(addressOf("00000000-0000-4000-8000-000000000000"));
    expect([page.status, page.text]).toEqual([404, expect.stringContaining("<code>APP_NOT_FOUND</code>")]);
  });

  test("H1 hides a site from an account that is no member of it", async () => {
    const { appId } = await createApp();
    const owner = await createPerson(platform, "Owner");
    const siteId = await addSite(owner);
    const stranger = await createPerson(platform, "Stranger");
    const page = await stranger.visitor.open(addressOf(appId, back, `&siteId=${siteId}`));
    expect([page.status, page.text]).toEqual([404, expect.stringContaining("<code>SITE_NOT_FOUND</code>")]);
    const none = await stranger.visitor.open(addressOf(appId));
    expect(none.text).toContain("Your account belongs to no site.");
  });

  test("H5 installs nothing for a form of another session, account, site, address or website", async () => {
    const { appId } = await createApp();
    const person = await createPerson(platform);
    const siteId = await addSite(person);
    const otherSite = await addSite(person, { name: "Other" });
    const page = await person.visitor.open(addressOf(appId, back, `&siteId=${siteId}`));
    const approve = { decision: "approve" };
    const attempts = [
      await (await person.newVisitor()).send(page, approve),
      await (await createPerson(platform, "Eve")).visitor.send(page, approve),
      await new PageVisitor(platform.url).send(page, approve),
      await person.visitor.send(page, { ...approve, siteId: otherSite }),
      await person.visitor.send(page, { ...approve, postInstallationUrl: `${back}?x=1` }),
      await person.visitor.send(page, approve, {
        "sec-fetch-site": "cross-site",
        origin: "https://evil.example",
      }),
    ];
    expect(attempts.map(({ text }) => /<code>(\w+)<\/code>/.exec(text)?.[1])).toEqual([
      ...Array(5).fill("FORM_EXPIRED"),
      "FORM_FROM_ANOTHER_SITE",
    ]);
    expect([...(await instancesOf(siteId)), ...(await instancesOf(otherSite))]).toEqual([]);
  });

  test("H5 installs nothing when a form is sent again after the app was removed", async () => {
    const { appId } = await createApp();
    const person = await createPerson(platform);
    const siteId = await addSite(person);
    const page = await person.visitor.open(addressOf(appId, back, `&siteId=${siteId}`));
    await person.visitor.send(page, { decision: "approve" });
    const [instance] = await instancesOf(siteId);
    await platform.remove(String(instance?.instanceId));
    const again = await person.visitor.send(page, { decision: "approve" });
    expect([again.status, again.text]).toEqual([200, expect.stringContaining('role="status"')]);
    expect(await instancesOf(siteId)).toMatchObject([{ state: "removed" }]);
  });

  test("a required scope that is missing in a forged form installs nothing", async () => {
    const { appId } = await createApp();
    const person = await createPerson(platform);
    const siteId = await addSite(person);
    const page = await person.visitor.open(addressOf(appId, back, `&siteId=${siteId}`));
    const forged = await person.visitor.send(page, { decision: "approve", scope: [manageProducts] });
    expect([forged.status, forged.text]).toEqual([400, expect.stringContaining("REQUIRED_SCOPE_MISSING")]);
    expect(await instancesOf(siteId)).toEqual([]);
  });

  test("an owner who is no owner any more installs nothing", async () => {
    const { appId } = await createApp();
    const person = await createPerson(platform);
    const siteId = await addSite(person);
    const page = await person.visitor.open(addressOf(appId, back, `&siteId=${siteId}`));
    await call(`DELETE /sites/${siteId}/members/${person.accountId}`);
    expect((await person.visitor.send(page, { decision: "approve" })).status).toBe(404);
    expect(await instancesOf(siteId)).toEqual([]);
  });
});
