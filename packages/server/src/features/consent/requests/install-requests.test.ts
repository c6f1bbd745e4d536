import { stores } from "@latchkey/stores";
import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import type { VisitedPage } from "@latchkey/test-support/page-visitor";
import { createPerson } from "@latchkey/test-support/people";
import { startWebhookReceiver, type WebhookReceiver } from "@latchkey/test-support/webhook-receiver";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";

const readProducts = "SCOPE.DC-STORES.READ-PRODUCTS";
const manageProducts = "SCOPE.DC-STORES.MANAGE-PRODUCTS";
const back = "https://app.example/installed?state=s-1";

describe.each(["sqlite", "postgres"] as const)("requests to install on %s", (engine) => {
  let platform: TestPlatform;
  let call: CallManagement;
  let receiver: WebhookReceiver;

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine, resources: [stores] });
    call = managementCaller(platform);
    receiver = await startWebhookReceiver();
    await call("PUT /roles/EDITOR", { body: { permissions: [] } });
  });
  afterAll(async () => {
    await platform.close();
    await receiver.close();
  });

  const addressOf = (appId: string, siteId: string) =>
    `/app-installer?appId=${appId}&siteId=${siteId}&postInstallationUrl=${encodeURIComponent(back)}`;

  async function prepare() {
    const { appId } = await platform.createApp({
      name: "Shipping Rates",
      scopes: [readProducts, { scopeId: manageProducts, optional: true }],
      postInstallationUrls: ["https://app.example/installed"],
    });
    for (const eventType of ["AppInstallRequested", "AppInstallDeclined"]) {
      await call(`POST /apps/${appId}/webhooks`, { body: { eventType, url: `${receiver.url}/${appId}` } });
    }
    const { siteId } = await platform.createSite({ name: "Corner Shop" });
    const owner = await createPerson(platform, "Owner");
    const editor = await createPerson(platform, "Editor");
    await call(`PUT /sites/${siteId}/members/${owner.accountId}`, { body: { role: "OWNER" } });
    await call(`PUT /sites/${siteId}/members/${editor.accountId}`, { body: { role: "EDITOR" } });
    const address = addressOf(appId, siteId);
    return { appId, siteId, owner, editor, address };
  }

  async function ask() {
    const prepared = await prepare();
    const { address, editor } = prepared;
    const question = await editor.visitor.open(address);
    expect(question.title).toBe("Ask an owner to install Shipping Rates on Corner Shop?");
    const asked = await editor.visitor.send(question, { decision: "request" });
    expect([asked.status, asked.title]).toEqual([200, "An owner has to decide"]);
    return {
      ...prepared,
      page: asked,
      path: new URL(asked.url).pathname,
      requestId: asked.url.split("/").at(-1),
    };
  }

  const eventsOf = (appId: string) =>
    receiver.received
      .filter(({ path }) => path === `/${appId}`)
      .map(({ message, payload }) => [message.eventType, message.instanceId, payload]);
  const codeOf = ({ text }: VisitedPage) => /<code>(\w+)<\/code>/.exec(text)?.[1];
  const instancesOf = async (siteId: string) => (await call(`GET /sites/${siteId}/instances`)).body.items;

  test("an operator lists those of all sites, the newest first", async () => {
    const first = await ask();
    const second = await ask();
    await call(`POST /sites/${first.siteId}/install-requests/${first.requestId}/decline`);
    const of = async (query: string) =>
      (await call(`GET /install-requests${query}`)).body.items.map(({ requestId, state }) => [
        requestId,
        state,
      ]);
    const [declined, pending] = [
      [first.requestId, "declined"],
      [second.requestId, "pending"],
    ];
    expect(await of("")).toEqual([pending, declined]);
    expect(await of("?state=pending")).toEqual([pending]);
    const { nextCursor } = (await call("GET /install-requests?limit=1")).body;
    expect(await of(`?limit=1&cursor=${nextCursor}`)).toEqual([declined]);
    const { body, status } = await call("GET /install-requests?state=none");
    expect([status, body.message]).toEqual([400, "Validation failed"]);
  });

  test("an owner approves in another browser, and the person who asked returns to the app, after signing in again", async () => {
    const { appId, editor, owner, path, requestId, siteId } = await ask();
    const page = await owner.visitor.open(path);
    expect(page.title).toBe("Install Shipping Rates on Corner Shop?");
    const done = await owner.visitor.send(page, { decision: "approve", scope: [readProducts] });
    expect(done.title).toBe("Shipping Rates is installed on Corner Shop");
    const [instance] = await instancesOf(siteId);
    expect(instance).toMatchObject({ grant: [readProducts, "SCOPE.DC.MANAGE-YOUR-APP"] });
    await platform.clock.advance("8d");
    const { leftTo } = await (await editor.newVisitor()).open(path);
    expect(leftTo?.searchParams.get("state")).toBe("s-1");
    expect(leftTo?.searchParams.get("instanceId")).toBe(instance?.instanceId);
    await platform.settled();
    expect(eventsOf(appId)).toEqual([["AppInstallRequested", null, { appId, siteId, requestId }]]);
    const { body } = await call(`GET /sites/${siteId}/install-requests`);
    expect(body.items).toMatchObject([
      { requestId, state: "approved", decidedBy: `account:${owner.accountId}` },
    ]);
    expect(JSON.stringify(body)).not.toContain("s-1");
  });

  test("an owner declines, and the person who asked returns to the app with an error", async () => {
    const { appId, editor, owner, path, requestId, siteId } = await ask();
    const page = await owner.visitor.open(path);
    expect((await owner.visitor.send(page, { decision: "cancel" })).title).toBe("Nothing was installed");
    const told = await editor.visitor.open(path);
    expect(told.text).toContain("An owner of the site declined the request.");
    expect(told.text).toContain(
      `href="https://app.example/installed?state=s-1&#38;appId=${appId}&#38;error=access_denied"`,
    );
    expect(await instancesOf(siteId)).toEqual([]);
    await platform.settled();
    expect(eventsOf(appId).map(([type, , payload]) => [type, payload])).toEqual([
      ["AppInstallRequested", { appId, siteId, requestId }],
      ["AppInstallDeclined", { appId, siteId, requestId }],
    ]);
  });

  test("the management API lists, approves and declines them, each once", async () => {
    const first = await ask();
    const { body } = await call(`GET /sites/${first.siteId}/install-requests?state=pending`);
    expect(body.items).toMatchObject([{ requestId: first.requestId, accountId: first.editor.accountId }]);
    const approved = await call(`POST /sites/${first.siteId}/install-requests/${first.requestId}/approve`, {
      body: { grant: [readProducts] },
    });
    expect([approved.status, approved.body]).toMatchObject([200, { state: "approved", decidedBy: "admin" }]);
    for (const decision of ["approve", "decline"]) {
      const again = await call(`POST /sites/${first.siteId}/install-requests/${first.requestId}/${decision}`);
      expect([again.status, again.text]).toEqual([409, expect.stringContaining("INSTALL_REQUEST_DECIDED")]);
    }
    const second = await ask();
    const declined = await call(`POST /sites/${second.siteId}/install-requests/${second.requestId}/decline`);
    expect([declined.status, declined.body]).toMatchObject([200, { state: "declined" }]);
    expect(await instancesOf(second.siteId)).toEqual([]);
  });

  test("a person who asks twice has one request, which returns to the newest address", async () => {
    const { appId, editor, page, siteId } = await ask();
    const other = encodeURIComponent("https://app.example/installed?state=s-2");
    const again = await editor.visitor.open(
      `/app-installer?appId=${appId}&siteId=${siteId}&postInstallationUrl=${other}`,
    );
    const asked = await editor.visitor.send(again, { decision: "request" });
    expect(asked.url).toBe(page.url);
    await platform.install({ appId, siteId });
    const { leftTo } = await editor.visitor.open(new URL(page.url).pathname);
    expect(leftTo?.searchParams.get("state")).toBe("s-2");
  });

  test("H5 the person who asked, other accounts and forged forms decide nothing", async () => {
    const { editor, owner, path, siteId } = await ask();
    const page = await owner.visitor.open(path);
    const stranger = await createPerson(platform, "Stranger");
    expect((await stranger.visitor.open(path)).status).toBe(404);
    const attempts = [
      await editor.visitor.send(page, { decision: "approve" }),
      await stranger.visitor.send(page, { decision: "approve" }),
      await owner.visitor.send(page, { decision: "approve" }, { "sec-fetch-site": "cross-site" }),
      await owner.visitor.send(page, { decision: "approve", scope: [] }),
    ];
    expect(attempts.map((page) => [page.status, codeOf(page)])).toEqual([
      [403, "FORM_EXPIRED"],
      [403, "FORM_EXPIRED"],
      [403, "FORM_FROM_ANOTHER_SITE"],
      [400, "REQUIRED_SCOPE_MISSING"],
    ]);
    expect(await instancesOf(siteId)).toEqual([]);
    const { body } = await call(`GET /sites/${siteId}/install-requests`);
    expect(body.items).toMatchObject([{ state: "pending" }]);
  });

  test("H1 an account that is no member any more asks for nothing", async () => {
    const { address, editor, siteId } = await prepare();
    const question = await editor.visitor.open(address);
    await call(`DELETE /sites/${siteId}/members/${editor.accountId}`);
    const asked = await editor.visitor.send(question, { decision: "request" });
    expect([asked.status, codeOf(asked)]).toEqual([404, "SITE_NOT_FOUND"]);
    expect((await call(`GET /sites/${siteId}/install-requests`)).body.items).toEqual([]);
  });

  test("H1 hide from other accounts whether they exist, and what happened to the app", async () => {
    const { appId, path } = await ask();
    await call(`PATCH /apps/${appId}`, { body: { enabled: false } });
    const stranger = await createPerson(platform, "Stranger");
    for (const address of [path, "/installer/requests/019b0000-0000-7000-8000-000000000000"]) {
      const page = await stranger.visitor.open(address);
      expect([page.status, codeOf(page)]).toEqual([404, "INSTALL_REQUEST_NOT_FOUND"]);
    }
  });

  test.each([
    ["approve", "Shipping Rates is installed on Corner Shop"],
    ["cancel", "Nothing was installed"],
  ])("F2 after %s, nobody returns to an address that the app has given up", async (decision, title) => {
    const { appId, editor, owner, path } = await ask();
    await call(`PATCH /apps/${appId}`, { body: { postInstallationUrls: ["https://app.example/new"] } });
    await owner.visitor.send(await owner.visitor.open(path), { decision });
    const told = await editor.visitor.open(path);
    expect([told.status, told.title, told.leftTo]).toEqual([200, title, undefined]);
    expect(told.text).not.toContain("https://app.example/installed");
  });

  test("F2 an app that has given up the legacy flow gets no code", async () => {
    const { appId, editor, owner, siteId } = await prepare();
    const legacy = { appUrl: "https://app.example/app", redirectUrls: ["https://app.example/callback"] };
    await call(`PATCH /apps/${appId}`, { body: { legacy } });
    const address = `/installer/install?appId=${appId}&siteId=${siteId}&redirectUrl=${legacy.redirectUrls[0]}`;
    const asked = await editor.visitor.send(await editor.visitor.open(address), { decision: "request" });
    const { pathname } = new URL(asked.url);
    await call(`PATCH /apps/${appId}`, { body: { legacy: null } });
    await owner.visitor.send(await owner.visitor.open(pathname), { decision: "approve" });
    const told = await editor.visitor.open(pathname);
    expect([told.status, told.leftTo]).toEqual([200, undefined]);
    expect(told.text).toContain("You can close this window.");
  });

  test("end after 30 days", async () => {
    const { owner, path, requestId, siteId } = await ask();
    await platform.clock.set(platform.clock.now() + 30 * 24 * 3_600_000);
    expect((await (await owner.newVisitor()).open(path)).status).toBe(404);
    expect((await call(`POST /sites/${siteId}/install-requests/${requestId}/approve`)).status).toBe(404);
  });

  test("are limited for each account", async () => {
    const { appId, editor } = await prepare();
    const ask = async () => {
      const { siteId } = await platform.createSite({ name: "Corner Shop" });
      await call(`PUT /sites/${siteId}/members/${editor.accountId}`, { body: { role: "EDITOR" } });
      const page = await editor.visitor.open(addressOf(appId, siteId));
      return () => editor.visitor.send(page, { decision: "request" });
    };
    const questions = await Promise.all(Array.from({ length: 30 }, ask));
    const asked = (await Promise.all(questions.map((send) => send()))).map(({ status }) => status);
    expect(asked.sort()).toEqual([...Array(20).fill(200), ...Array(10).fill(409)]);
  });
});
