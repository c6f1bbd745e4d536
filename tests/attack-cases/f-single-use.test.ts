import { randomBytes } from "node:crypto";
import { managementCaller } from "@latchkey/test-support/management-client";
import { PageVisitor, type VisitedPage } from "@latchkey/test-support/page-visitor";
import { createSchema, type PostgresSchema } from "@latchkey/test-support/postgres-schema";
import { type ServerProcess, startServer } from "@latchkey/test-support/server-process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { post } from "./target.ts";

const redirectUrl = "https://app.example/callback";
const installedUrl = "https://app.example/installed";

describe("100 uses at once, of two processes that share PostgreSQL", () => {
  let schema: PostgresSchema;
  let servers: readonly ServerProcess[];
  let manage: ReturnType<typeof managementCaller>;

  beforeAll(async () => {
    schema = await createSchema();
    const environment = {
      LATCHKEY_ENV: "development",
      LATCHKEY_PUBLIC_URL: "http://localhost:4400",
      LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
      LATCHKEY_ADMIN_KEY: randomBytes(32).toString("base64"),
      DATABASE_URL: schema.url,
    };
    servers = await Promise.all([startServer(environment), startServer(environment)]);
    manage = managementCaller({ url: url(0), adminKey: environment.LATCHKEY_ADMIN_KEY });
    await manage("PUT /roles/EDITOR", { body: { permissions: [] } });
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
    await schema.drop();
  });

  const url = (index: number): string => servers[index % 2]?.url ?? "";
  const hundred = <Result>(use: (url: string) => Promise<Result>): Promise<Result[]> =>
    Promise.all(Array.from({ length: 100 }, (_, index) => use(url(index))));
  const count = (all: readonly { status: number }[], status: number): number =>
    all.filter((one) => one.status === status).length;

  /** Creates an app of the legacy flow, and a site with an owner. */
  async function prepare() {
    const legacy = { appUrl: "https://app.example/", redirectUrls: [redirectUrl] };
    const body = { name: "Legacy App", legacy, postInstallationUrls: [installedUrl] };
    const { body: app } = await manage("POST /apps", { body });
    const { body: site } = await manage("POST /sites", { body: { name: "Corner Shop" } });
    const { appId } = app;
    const { siteId } = site;
    const client = { client_id: appId, client_secret: (app.secret as { value: string }).value };
    return { appId, siteId, client, owner: await createMember(siteId, "OWNER") };
  }

  let members = 0;
  async function createMember(siteId: string, role: string): Promise<PageVisitor> {
    members += 1;
    const credentials = { email: `member-${members}@example.com`, password: "the password of a member" };
    const { body } = await manage("POST /accounts", { body: { ...credentials, name: "Member" } });
    await manage(`PUT /sites/${siteId}/members/${body.accountId}`, { body: { role } });
    const visitor = new PageVisitor(url(0));
    await visitor.send(await visitor.open("/sign-in"), credentials);
    return visitor;
  }

  async function createCode({ appId, siteId }: { appId: string; siteId: string }) {
    const { body } = await manage(`POST /sites/${siteId}/instances`, { body: { appId } });
    const { instanceId } = body;
    const created = await manage("POST /dev/codes", { body: { instanceId, redirectUrl } });
    return { instanceId, code: String(created.body.code) };
  }

  /** Sends the form of a page with the cookies of the visitor. */
  function approve(visitor: PageVisitor, { form }: VisitedPage): Promise<Response[]> {
    const body = new URLSearchParams(form.fields);
    body.set("decision", "approve");
    const headers = { cookie: visitor.cookies, "sec-fetch-site": "same-origin" };
    const init: RequestInit = { method: "POST", body, headers, redirect: "manual" };
    return hundred((server) => fetch(server + form.action, init));
  }

  const audited = async (siteId: string, action: string) =>
    (await manage(`GET /audit?siteId=${siteId}&action=${action}`)).body.items.length;

  test("J2 of a code: one gets tokens, and the other 99 revoke them, once", async () => {
    const { client, ...ids } = await prepare();
    const { code, instanceId } = await createCode(ids);
    const grant = { ...client, grant_type: "authorization_code", code };
    const all = await hundred((server) => post(`${server}/oauth/access`, grant));
    expect([count(all, 200), count(all, 400)]).toEqual([1, 99]);
    const revoked = await manage(`GET /audit?instanceId=${instanceId}&action=instance.tokens.revoked`);
    expect(revoked.body.items).toHaveLength(1);
  });

  test("J1 of a refresh token: all of them get it back", async () => {
    const { client, ...ids } = await prepare();
    const { code } = await createCode(ids);
    const tokens = await post(`${url(0)}/oauth/access`, {
      ...client,
      grant_type: "authorization_code",
      code,
    });
    const { refresh_token } = tokens.body;
    const grant = { ...client, grant_type: "refresh_token", refresh_token };
    const all = await hundred((server) => post(`${server}/oauth/access`, grant));
    expect(all.filter(({ body }) => body.refresh_token === refresh_token)).toHaveLength(100);
  });

  test("F13 of an install token: one installs the app and gets a code", async () => {
    const { appId, owner, siteId } = await prepare();
    const { leftTo } = await owner.open(`/installer/start?appId=${appId}&siteId=${siteId}`);
    const parameters = { appId, redirectUrl, token: leftTo?.searchParams.get("token") ?? "" };
    const all = await approve(
      owner,
      await owner.open(`/installer/install?${new URLSearchParams(parameters)}`),
    );
    expect([count(all, 303), count(all, 409) + count(all, 410)]).toEqual([1, 99]);
    expect(await audited(siteId, "instance.installed")).toBe(1);
  });

  test("F13 of an install link: one installs the app", async () => {
    const { appId, siteId } = await prepare();
    const { body } = await manage(`POST /sites/${siteId}/install-links`, { body: { appId } });
    const visitor = new PageVisitor(url(0));
    const page = await visitor.open(`/installer/link${new URL(String(body.url)).search}`);
    expect(count(await approve(visitor, page), 303)).toBe(1);
    expect(await audited(siteId, "instance.installed")).toBe(1);
  });

  test("F13 of a portal link: one session begins", async () => {
    const { siteId } = await prepare();
    const request = { pages: ["apps"], origin: "https://product.example" };
    const { body } = await manage(`POST /sites/${siteId}/portal-links`, { body: request });
    const { search } = new URL(String(body.url));
    const all = await hundred((server) => fetch(`${server}/portal${search}`, { redirect: "manual" }));
    expect([count(all, 303), count(all, 410)]).toEqual([1, 99]);
    expect(all.filter(({ headers }) => headers.has("set-cookie"))).toHaveLength(1);
    expect(await audited(siteId, "portal-link.used")).toBe(1);
  });

  test("of a request to install: one decision counts", async () => {
    const { appId, owner, siteId } = await prepare();
    const editor = await createMember(siteId, "EDITOR");
    const address = new URLSearchParams({ appId, siteId, postInstallationUrl: installedUrl });
    const asked = await editor.send(await editor.open(`/app-installer?${address}`), { decision: "request" });
    await approve(owner, await owner.open(new URL(asked.url).pathname));
    expect(await audited(siteId, "instance.installed")).toBe(1);
    expect(await audited(siteId, "install-request.approved")).toBe(1);
  });
});
