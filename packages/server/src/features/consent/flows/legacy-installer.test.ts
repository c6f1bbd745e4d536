import { createHash } from "node:crypto";
import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import { PageVisitor } from "@latchkey/test-support/page-visitor";
import { createPerson, type Person } from "@latchkey/test-support/people";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";

const callback = "https://app.example/callback";

describe.each(["sqlite", "postgres"] as const)("/installer/install on %s", (engine) => {
  let platform: TestPlatform;
  let call: CallManagement;

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine });
    call = managementCaller(platform);
  });
  afterAll(() => platform.close());

  async function prepare() {
    const app = await platform.createApp({
      name: "Legacy App",
      legacy: { appUrl: "https://app.example/start?from=platform", redirectUrls: [callback] },
    });
    const { siteId } = await platform.createSite({ name: "Corner Shop" });
    const person = await createPerson(platform);
    await call(`PUT /sites/${siteId}/members/${person.accountId}`, { body: { role: "OWNER" } });
    return { appId: app.appId, secret: app.secret.value, siteId, person };
  }

  const addressOf = (appId: string, more: Readonly<Record<string, string>> = {}) =>
    `/installer/install?${new URLSearchParams({ redirectUrl: callback, appId, ...more })}`;

  /** Opens the address, chooses the only site, and approves. */
  async function install({ visitor }: Person, address: string) {
    let page = await visitor.open(address);
    if (page.form.method === "get") page = await visitor.send(page);
    return await visitor.send(page, { decision: "approve" });
  }

  const exchange = async (client: { appId: string; secret: string }, more: object) => {
    const { appId: client_id, secret: client_secret } = client;
    const body = { grant_type: "authorization_code", client_id, client_secret, ...more };
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    const response = await fetch(`${platform.url}/oauth/access`, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  test("begins at the platform: the App URL gets a token, and the redirect URL gets a code that works", async () => {
    const { appId, person, secret, siteId } = await prepare();
    const { leftTo: start } = await person.visitor.open(`/installer/start?appId=${appId}&siteId=${siteId}`);
    expect(start?.href).toMatch(/^https:\/\/app\.example\/start\?from=platform&token=/);
    const token = start?.searchParams.get("token") ?? "";
    const page = await person.visitor.open(addressOf(appId, { state: "s-1", token }));
    expect(page.title).toBe("Install Legacy App on Corner Shop?");
    const { leftTo } = await person.visitor.send(page, { decision: "approve" });
    const [instance] = (await call(`GET /sites/${siteId}/instances`)).body.items;
    const query = Object.fromEntries(leftTo?.searchParams ?? []);
    expect(query).toEqual({
      ...{ code: expect.any(String), state: "s-1", instanceId: instance?.instanceId },
      ...{ iss: platform.url, granted: "SCOPE.DC.MANAGE-YOUR-APP" },
    });
    const tokens = await exchange({ appId, secret }, { code: query.code });
    expect([tokens.status, tokens.body]).toMatchObject([200, { refresh_token: expect.any(String) }]);
    const again = await person.visitor.open(addressOf(appId, { token }));
    expect([again.status, again.text]).toEqual([410, expect.stringContaining("INSTALL_TOKEN_INVALID")]);
  });

  test("tells another account that the token is not its own", async () => {
    const { appId, person, siteId } = await prepare();
    const { leftTo } = await person.visitor.open(`/installer/start?appId=${appId}&siteId=${siteId}`);
    const token = leftTo?.searchParams.get("token") ?? "";
    const other = await createPerson(platform, "Other");
    await call(`PUT /sites/${siteId}/members/${other.accountId}`, { body: { role: "OWNER" } });
    const page = await other.visitor.open(addressOf(appId, { token }));
    expect([page.status, page.text]).toEqual([
      403,
      expect.stringContaining("Another account began to install the app."),
    ]);
    expect((await call(`GET /sites/${siteId}/instances`)).body.items).toEqual([]);
  });

  test("a member who may not install apps gets no code of an installed app, nor a token that leads to one", async () => {
    const { appId, person, siteId } = await prepare();
    await install(person, addressOf(appId));
    await call("PUT /roles/EDITOR", { body: { permissions: [] } });
    const editor = await createPerson(platform, "Editor");
    await call(`PUT /sites/${siteId}/members/${editor.accountId}`, { body: { role: "EDITOR" } });
    const start = await editor.visitor.open(`/installer/start?appId=${appId}&siteId=${siteId}`);
    const token = start.leftTo?.searchParams.get("token") ?? "";
    for (const more of [{ siteId }, { token }]) {
      const page = await editor.visitor.open(addressOf(appId, more as unknown as Record<string, string>));
      expect([page.status, page.leftTo]).toEqual([403, undefined]);
      expect(page.text).toContain("NOT_AN_OWNER");
    }
  });

  test("a member whose request was declined gets no code, also when an owner installs the app later", async () => {
    const { appId, person, siteId } = await prepare();
    await call("PUT /roles/EDITOR", { body: { permissions: [] } });
    const editor = await createPerson(platform, "Editor");
    await call(`PUT /sites/${siteId}/members/${editor.accountId}`, { body: { role: "EDITOR" } });
    const question = await editor.visitor.open(addressOf(appId, { siteId }));
    const asked = await editor.visitor.send(question, { decision: "request" });
    const request = new URL(asked.url).pathname;
    await person.visitor.send(await person.visitor.open(request), { decision: "cancel" });
    await install(person, addressOf(appId));
    const page = await editor.visitor.open(request);
    expect([page.status, page.leftTo]).toEqual([200, undefined]);
    expect(page.title).toBe("Legacy App is installed on Corner Shop");
  });

  test("begins at the app, without a token", async () => {
    const { appId, person, secret } = await prepare();
    const { leftTo } = await install(person, addressOf(appId));
    expect([...(leftTo?.searchParams.keys() ?? [])]).toEqual(["code", "instanceId", "iss", "granted"]);
    const code = leftTo?.searchParams.get("code");
    expect((await exchange({ appId, secret }, { code, redirect_uri: callback })).status).toBe(200);
  });

  test("F6 passes a code challenge on: the code needs its verifier", async () => {
    const verifier = "v".repeat(43);
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    const pkce = { code_challenge: challenge, code_challenge_method: "S256" };
    for (const [sent, status] of [
      [{}, 400],
      [{ code_verifier: verifier }, 200],
    ] as const) {
      const { appId, person, secret } = await prepare();
      const { leftTo } = await install(person, addressOf(appId, pkce));
      const code = leftTo?.searchParams.get("code");
      expect((await exchange({ appId, secret }, { code, ...sent })).status).toBe(status);
    }
  });

  test.each([
    { code_challenge: "x".repeat(43) },
    { code_challenge: "x".repeat(43), code_challenge_method: "plain" },
    { code_challenge: "x".repeat(42), code_challenge_method: "S256" },
  ])("F6 refuses the challenge %j", async (pkce) => {
    const { appId, person } = await prepare();
    const page = await person.visitor.open(addressOf(appId, pkce as unknown as Record<string, string>));
    expect([page.status, page.leftTo]).toEqual([400, undefined]);
    expect(page.text).toContain("INVALID_FORM");
  });

  test.each([
    ["10 kB", "x".repeat(10_000)],
    ["line breaks", "a\r\nset-cookie: evil=1\r\n\r\n<html>"],
    ["HTML", `"><script>alert(1)</script>`],
    ["parameters", "a&code=stolen#x"],
    ["other scripts", "状態 🗝️"],
  ])("F3 returns a state with %s as it was, and nothing else of it", async (_, state) => {
    const { appId, person } = await prepare();
    const address = addressOf(appId, { state });
    const { leftTo, headers } = await install(person, address);
    expect(leftTo?.searchParams.getAll("state")).toEqual([state]);
    expect(leftTo?.searchParams.getAll("code")).toHaveLength(1);
    expect([leftTo?.hash, leftTo?.searchParams.get("iss")]).toEqual(["", platform.url]);
    expect(headers.getSetCookie()).toEqual([]);
  });

  test("signs a person in first, also with the longest state", async () => {
    const { appId, person, siteId } = await prepare();
    const address = addressOf(appId, { state: "s".repeat(12_000), siteId });
    const page = await new PageVisitor(platform.url).open(address);
    expect([page.status, page.title]).toEqual([200, "Sign in"]);
    expect((await person.visitor.open(String(page.form.fields.get("continue")))).title).toContain(
      "Legacy App",
    );
  });

  test("an account opens the App URL and returns to apps 200 times a minute at most", async () => {
    const { appId, person, siteId } = await prepare();
    await platform.install({ appId, siteId });
    const start = `/installer/start?appId=${appId}&siteId=${siteId}`;
    for (let count = 0; count < 100; count += 1) {
      expect((await person.visitor.open(start)).leftTo).toBeDefined();
      expect((await person.visitor.open(addressOf(appId, { siteId }))).leftTo).toBeDefined();
    }
    for (const address of [start, addressOf(appId, { siteId })]) {
      const page = await person.visitor.open(address, { "accept-language": "de" });
      expect([page.status, page.headers.get("retry-after"), page.leftTo]).toEqual([429, "1", undefined]);
      expect(page.text).toContain("Warten Sie einige Sekunden.</p>");
    }
    const other = await createPerson(platform);
    await call(`PUT /sites/${siteId}/members/${other.accountId}`, { body: { role: "OWNER" } });
    expect((await other.visitor.open(start)).leftTo).toBeDefined();
  });

  test("F3 shows a state with HTML as text", async () => {
    const { appId, person, siteId } = await prepare();
    const state = `"><script>alert(1)</script>`;
    const page = await person.visitor.open(addressOf(appId, { state, siteId }));
    expect(page.text).not.toContain("<script>");
    expect(page.form.fields.get("state")).toBe(state);
  });

  test("returns with an error, the state and the issuer when the person refuses", async () => {
    const { appId, person, siteId } = await prepare();
    const page = await person.visitor.open(addressOf(appId, { state: "s-1", siteId }));
    const { leftTo } = await person.visitor.send(page, { decision: "cancel" });
    expect(leftTo?.href).toBe(
      `${callback}?error=access_denied&state=s-1&iss=${encodeURIComponent(platform.url)}`,
    );
  });

  test.each([
    "https://app.example/callback/",
    "https://app.example/Callback",
    "https://app.example/callback?x=1",
    "https://app.example/callback#x",
    "https://app.example/callback/..",
    "https://app.example/x/../callback",
    "https://app.example:443/callback",
    "https://app.example.evil.example/callback",
    "https://app.example@evil.example/callback",
    "https://app.example\\@evil.example/callback",
    "https://app.example/callback%00",
    "//app.example/callback",
    "http://app.example/callback",
    "javascript:alert(1)//https://app.example/callback",
    "",
  ])("F2 does not redirect to %s", async (redirectUrl) => {
    const { appId, person, siteId } = await prepare();
    const page = await person.visitor.open(addressOf(appId, { redirectUrl, siteId }));
    expect([page.status, page.leftTo]).toEqual([400, undefined]);
    expect(page.text).toContain("REDIRECT_NOT_REGISTERED");
    expect(page.text).not.toContain("evil");
  });

  test("F1 does not redirect for an app without the legacy flow, or an unknown one", async () => {
    const { person } = await prepare();
    const { appId } = await platform.createApp();
    const page = await person.visitor.open(addressOf(appId));
    expect([page.status, page.leftTo]).toEqual([400, undefined]);
    const unknown = await person.visitor.open(addressOf("00000000-0000-4000-8000-000000000000"));
    expect([unknown.status, unknown.leftTo]).toEqual([404, undefined]);
  });

  test("F13 a form is valid in the session that it was shown to only, and once", async () => {
    const { appId, person, siteId } = await prepare();
    const page = await person.visitor.open(addressOf(appId, { state: "s-1", siteId }));
    const eve = await createPerson(platform, "Eve");
    await call(`PUT /sites/${siteId}/members/${eve.accountId}`, { body: { role: "OWNER" } });
    const stolen = await eve.visitor.send(page, { decision: "approve" });
    expect([stolen.status, stolen.text]).toEqual([403, expect.stringContaining("FORM_EXPIRED")]);
    const changed = await person.visitor.send(page, { decision: "approve", state: "s-2" });
    expect([changed.status, changed.text]).toEqual([403, expect.stringContaining("FORM_EXPIRED")]);
    expect((await call(`GET /sites/${siteId}/instances`)).body.items).toEqual([]);
  });
});
