import { createAccount, sessionCaller } from "@latchkey/test-support/accounts";
import { type CallManagement, errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { openPortal, portalCaller } from "@latchkey/test-support/portal";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

const origin = "https://product.example";
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

  const auditOf = async (filter: string) =>
    (await admin(`GET /audit?${filter}`)).body.items.map(({ action, actor, details }) => [
      action,
      actor,
      details,
    ]);

  describe("authenticate a request that names one by its cookie alone:", () => {
    const unauthenticated = [401, ended];
    const meOf = async (call: CallManagement, headers: Record<string, string>) => {
      const { body, status } = await call("GET /me", { headers });
      return status === 200 ? [200, body.name] : [status, body];
    };

    test("no key and no session of an account counts", async () => {
      const { appId } = await platform.createApp();
      const { cookie, linkId } = await openPortal(platform, { appId, pages: ["logs"] });
      const operator = await createAccount(platform, `both-${engine}`, { isOperator: true });
      const named = { "latchkey-portal": linkId };
      const both = { ...named, cookie: `${operator.cookie}; ${cookie}` };
      expect(await meOf(admin, named)).toEqual(unauthenticated);
      expect(await meOf(operator.call, named)).toEqual(unauthenticated);
      expect(await meOf(admin, both)).toEqual([200, `portal:${linkId}`]);
      expect(await meOf(operator.call, both)).toEqual([200, `portal:${linkId}`]);
      expect(await meOf(sessionCaller(platform, cookie), {})).toEqual([
        401,
        errorBody("UNAUTHENTICATED", "A valid API key is required, as Authorization: Bearer <key>."),
      ]);
    });

    test("the cookie of another link does not count, also when both are sent", async () => {
      const { appId } = await platform.createApp();
      const one = await openPortal(platform, { appId, pages: ["logs"] });
      const two = await openPortal(platform, { appId, pages: ["oauth"] });
      const secretOf = ({ cookie }: { cookie: string }) => cookie.split("=")[1] ?? "";
      const nameOf = ({ cookie }: { cookie: string }) => cookie.split("=")[0] ?? "";
      for (const cookie of [two.cookie, `${nameOf(one)}=${secretOf(two)}`, ""]) {
        const call = portalCaller(platform, { linkId: one.linkId, cookie });
        expect(await meOf(call, {})).toEqual(unauthenticated);
      }
      const cookie = `${one.cookie}; ${two.cookie}`;
      for (const { linkId } of [one, two]) {
        const call = portalCaller(platform, { linkId, cookie });
        expect(await meOf(call, {})).toEqual([200, `portal:${linkId}`]);
      }
      for (const linkId of ["", "x", `${one.linkId}, ${two.linkId}`]) {
        expect(await meOf(portalCaller(platform, { linkId, cookie }), {})).toEqual(unauthenticated);
      }
    });

    test("H5 a change needs the origin of this server", async () => {
      const { appId } = await platform.createApp();
      const { cookie, linkId } = await openPortal(platform, { appId, pages: ["oauth"] });
      const create = async (headers: Record<string, string>) => {
        const response = await fetch(`${platform.url}/admin/v1/apps/${appId}/secrets`, {
          method: "POST",
          headers: { cookie, "latchkey-portal": linkId, "content-type": "application/json", ...headers },
          body: JSON.stringify({ name: "Second" }),
        });
        return response.status;
      };
      expect(await create({})).toBe(403);
      expect(await create({ origin })).toBe(403);
      expect(await create({ origin: platform.url, "sec-fetch-site": "same-site" })).toBe(403);
      expect(await create({ origin: platform.url, "sec-fetch-site": "same-origin" })).toBe(200);
    });
  });

  describe("reach the pages that they have, of their own app or site:", () => {
    const refusal = async (call: CallManagement, operation: string, body?: object) => {
      const response = await call(operation, { ...(body && { body }) });
      return [response.status, response.body.message];
    };

    test("a call of another page is refused, and names the page", async () => {
      const { appId } = await platform.createApp();
      const { call } = await openPortal(platform, { appId, pages: ["permissions"] });
      expect(await refusal(call, `GET /apps/${appId}/secrets`)).toEqual([
        403,
        "This call needs a portal link with the page overview or oauth.",
      ]);
      expect(await refusal(call, `GET /deliveries?appId=${appId}`)).toEqual([
        403,
        "This call needs a portal link with the page webhooks or instances or health or logs.",
      ]);
      expect(await refusal(call, `DELETE /apps/${appId}`)).toEqual([
        403,
        "A portal link cannot make this call.",
      ]);
    });

    test("an object of others does not exist, and a list of the whole platform needs a filter", async () => {
      const own = await platform.createApp();
      const other = await platform.createApp();
      const { call } = await openPortal(platform, { appId: own.appId, pages: ["logs", "oauth"] });
      const noApp = [404, "There is no app with this id."];
      expect(await refusal(call, `GET /apps/${other.appId}`)).toEqual(noApp);
      expect(await refusal(call, `POST /apps/${other.appId}/secrets`, { name: "New" })).toEqual(noApp);
      expect(await refusal(call, `GET /audit?appId=${other.appId}`)).toEqual(noApp);
      expect(await refusal(call, "GET /audit")).toEqual([
        403,
        "The list of the whole platform is for an operator; filter by appId.",
      ]);
      const { siteId } = await platform.createSite();
      expect((await call(`GET /audit?siteId=${siteId}`)).status).toBe(404);
      expect((await call(`GET /audit?appId=${own.appId}`)).status).toBe(200);
      const site = await openPortal(platform, { siteId, pages: ["apps"] });
      expect((await site.call(`GET /approvals?siteId=${siteId}`)).status).toBe(200);
      expect((await site.call(`GET /approvals?appId=${own.appId}`)).status).toBe(404);
      expect(await refusal(site.call, "GET /approvals")).toEqual([
        403,
        "The list of the whole platform is for an operator; filter by siteId.",
      ]);
    });

    test("the page permissions changes the scopes of an app, and nothing else of it", async () => {
      const { appId } = await platform.createApp({ name: "Kept" });
      const { call, linkId } = await openPortal(platform, { appId, pages: ["permissions"] });
      for (const change of [{ name: "Renamed" }, { scopes: [], enabled: false }, { tokenLifetime: 300 }]) {
        expect(await refusal(call, `PATCH /apps/${appId}`, change)).toEqual([
          403,
          "A portal link changes only the scopes of an app.",
        ]);
      }
      expect((await call(`PATCH /apps/${appId}`, { body: { scopes: [] } })).status).toBe(200);
      expect((await auditOf(`appId=${appId}`))[0]).toEqual([
        "app.changed",
        `portal:${linkId}`,
        { scopes: [] },
      ]);
    });

    test("a job is bound to the app of the portal", async () => {
      const [own, other] = [await platform.createApp(), await platform.createApp()];
      const { siteId } = await platform.createSite();
      const installed = [];
      for (const { appId } of [own, other]) installed.push(await platform.install({ appId, siteId }));
      const { call, linkId } = await openPortal(platform, { appId: own.appId, pages: ["instances"] });
      const job = (filter: object, confirmCount = 1) => ({ action: "revoke-tokens", filter, confirmCount });
      expect(await refusal(call, "POST /jobs", job({ appId: other.appId }))).toEqual([
        404,
        "There is no app with this id.",
      ]);
      expect(await refusal(call, "POST /jobs", job({ siteId }, 2))).toEqual([
        404,
        "There is no site with this id.",
      ]);
      expect(await refusal(call, "POST /jobs", { ...job({ appId: own.appId }), action: "approve" })).toEqual([
        403,
        "This call needs a portal link with the page apps.",
      ]);
      const created = await call("POST /jobs", { body: job({ appId: own.appId, siteId }) });
      expect([created.status, created.body]).toMatchObject([
        200,
        { appId: own.appId, filter: { appId: own.appId, siteId }, createdBy: `portal:${linkId}`, total: 1 },
      ]);
      await platform.settled();
      const revoked = await auditOf(`siteId=${siteId}&action=instance.tokens.revoked`);
      expect(revoked.map(([, actor]) => actor)).toEqual([`portal:${linkId}`]);
      const foreign = await admin("POST /jobs", { body: job({ appId: other.appId }) });
      for (const operation of ["GET /jobs/{id}", "POST /jobs/{id}/cancel"]) {
        expect(await refusal(call, operation.replace("{id}", String(foreign.body.jobId)))).toEqual([
          404,
          "There is no job with this id; ended ones are kept for 30 days.",
        ]);
      }
      expect((await call(`GET /jobs/${created.body.jobId}`)).body).toMatchObject({ state: "done", done: 1 });
    });

    test("a job of a site is bound to the site of the portal", async () => {
      const { appId } = await platform.createApp();
      const [own, other] = [await platform.createSite(), await platform.createSite()];
      const { call } = await openPortal(platform, { siteId: own.siteId, pages: ["apps"] });
      const job = (filter: object) => ({ action: "approve", filter, confirmCount: 0 });
      expect((await call("POST /jobs", { body: job({ siteId: other.siteId }) })).status).toBe(404);
      expect((await call("POST /jobs", { body: job({ appId }) })).status).toBe(404);
      const created = await call("POST /jobs", { body: job({ siteId: own.siteId }) });
      expect([created.status, created.body]).toMatchObject([200, { siteId: own.siteId, appId: null }]);
    });
  });
});
