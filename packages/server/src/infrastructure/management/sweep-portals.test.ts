import { stores } from "@latchkey/stores";
import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import {
  type ManagementOperation,
  readManagementOperations,
} from "@latchkey/test-support/management-operations";
import { openPortal } from "@latchkey/test-support/portal";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { perform, populate, storedState } from "../../testing/support/sweep-objects.ts";
import { hours } from "../clock/index.ts";
import { portalPages } from "../routes/index.ts";

// Calls every operation of the OpenAPI document with portal links, so new routes are included. An operation that declares no
// pages must be refused to every link.

let platform: TestPlatform;
let operations: ManagementOperation[];
let ids: Readonly<Record<string, string>>;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores], refusedDeliveries: "allow" });
  operations = await readManagementOperations(platform.url);
  const admin = managementCaller(platform);
  await admin("POST /resources", { body: { identifier: "urn:example:swept", name: "Swept" } });
  await admin("PUT /roles/EDITOR", { body: { permissions: [] } });
  ({ ids } = await populate(platform, "Victim"));
});
afterAll(() => platform.close());

/** The operations of each page. An operation that is not here is for no portal. */
const declared: Readonly<Record<string, string>> = {
  overview: "getApp getAppCounts listAppSecrets listWebhooks listExtensions listInstancesOfApp",
  oauth:
    "getApp getAppPublicKey revokeAppTokens listAppSecrets createAppSecret deleteAppSecret promoteAppSecret compromiseAppSecret",
  permissions:
    "getApp changeApp listInstancesOfApp listApprovals listPreApprovals listPermissions listScopes",
  webhooks:
    "getApp getAppUsage getAppCounts listWebhooks createWebhook getWebhook changeWebhook deleteWebhook rotateWebhookSecret pauseWebhook resumeWebhook testWebhook replayWebhook listBackfills startBackfill listDeliveries getDelivery resendDelivery listJobs getJob cancelJob countForJob createJob listEventTypes",
  extensions:
    "getApp listInstancesOfApp listExtensions createExtension getExtension changeExtension deleteExtension testExtension listServicePluginTypes listServicePluginCalls",
  instances:
    "getApp listInstancesOfApp getInstance getTimeline revokeInstanceTokens listDeliveries getDelivery listServicePluginCalls listTokenLog listAuditEntries listJobs getJob cancelJob countForJob createJob",
  health:
    "getApp getAppUsage getAppCounts listWebhooks getWebhook resumeWebhook listDeliveries getDelivery listServicePluginCalls listTokenLog countRefusedRequests",
  logs: "getApp listDeliveries getDelivery listServicePluginCalls listTokenLog listAuditEntries",
  apps: "getSite listSiteApps getSiteApp listInstancesOfSite getInstance removeInstance withdrawScopes revokeInstanceTokens listApprovals approveInstance listJobs getJob cancelJob countForJob createJob",
  requests: "getSite listInstallRequests approveInstallRequest declineInstallRequest",
};
/** Operations for every portal. */
const every = ["getMe", "getRetention"];
/** Reads about the whole platform, which every link with the page may make. */
const catalogues = ["listPermissions", "listScopes", "listEventTypes", "listServicePluginTypes"];
/** The object is in the body, which has a filter of the other tenant. Their actions are for the page webhooks. */
const ofFilter = ["countForJob", "createJob"];
const lists = [
  ...["listApprovals", "listAuditEntries", "listDeliveries", "listJobs", "listServicePluginCalls"],
  "listTokenLog",
];

function pagesOf(operationId: string): string[] {
  return Object.keys(declared).filter((page) => declared[page]?.split(" ").includes(operationId));
}

test("every operation declares the pages that this test lists", () => {
  const found = operations.map(({ operationId, portal }) => [
    operationId,
    portal === "every" ? portal : [...portal].sort(),
  ]);
  expect(found).toEqual(
    operations.map(({ operationId }) => [
      operationId,
      every.includes(operationId) ? "every" : pagesOf(operationId).sort(),
    ]),
  );
});

/** Calls every operation about the objects of the other tenant, and expects a status and nothing stored. */
async function sweep(
  call: CallManagement,
  expected: (operation: ManagementOperation, pages: readonly string[]) => number,
): Promise<void> {
  const before = await storedState(platform);
  const found: unknown[] = [];
  const wanted: unknown[] = [];
  for (const operation of operations) {
    const { operationId } = operation;
    const response = await perform(call, operation, ids);
    found.push([operationId, response.status]);
    wanted.push([operationId, every.includes(operationId) ? 200 : expected(operation, pagesOf(operationId))]);
    expect([operationId, response.text]).not.toContain("Victim");
    if (catalogues.includes(operationId)) continue;
    const { appId, instanceId, siteId, webhookId } = ids;
    for (const id of [appId, instanceId, siteId, webhookId]) {
      expect([operationId, response.text]).not.toContain(id);
    }
  }
  expect(found).toEqual(wanted);
  expect(await storedState(platform)).toBe(before);
}

describe("H1 every operation", () => {
  const notOwn =
    (own: readonly string[]) =>
    ({ call, operationId }: ManagementOperation, pages: readonly string[]): number => {
      if (!pages.some((page) => own.includes(page))) return 403;
      if (catalogues.includes(operationId)) return 200;
      if (ofFilter.includes(operationId)) return own.includes("webhooks") ? 404 : 403;
      // A list without a filter is about the whole platform.
      return call.includes("{") ? 404 : 403;
    };

  test("responds 403 or 404 to a portal of another app, with all pages", async () => {
    const { appId } = await platform.createApp({ name: "Own" });
    const { call } = await openPortal(platform, { appId, pages: portalPages.app });
    await sweep(call, notOwn(portalPages.app));
    for (const list of lists) {
      const { call: path } = operations.find(({ operationId }) => operationId === list) ?? { call: "" };
      expect([list, (await call(`${path}?appId=${ids.appId}`)).status]).toEqual([list, 404]);
    }
  });

  test("responds 403 or 404 to a portal of another site, with all pages", async () => {
    const { siteId } = await platform.createSite({ name: "Own" });
    const { call } = await openPortal(platform, { siteId, pages: portalPages.site });
    await sweep(call, notOwn(portalPages.site));
  });

  test.each([...portalPages.app, ...portalPages.site])(
    "responds 403 to a portal of the same app or site that has all pages but %s, unless another page has it",
    async (page) => {
      const isApp = (portalPages.app as readonly string[]).includes(page);
      const { appId = "", siteId = "" } = ids;
      const pages = (isApp ? portalPages.app : portalPages.site).filter((one) => one !== page);
      const { call } = await openPortal(platform, { ...(isApp ? { appId } : { siteId }), pages });
      const before = await storedState(platform);
      for (const operation of operations) {
        const { operationId } = operation;
        if (every.includes(operationId) || pagesOf(operationId).some((one) => pages.includes(one as never)))
          continue;
        const response = await perform(call, operation, ids);
        expect([operationId, response.status]).toEqual([operationId, 403]);
      }
      expect(await storedState(platform)).toBe(before);
    },
  );

  test("responds 401 to a portal whose session has ended", async () => {
    const { appId = "" } = ids;
    const { call } = await openPortal(platform, { appId, pages: portalPages.app });
    await platform.clock.advance(hours(1));
    await platform.settled();
    const before = await storedState(platform);
    for (const operation of operations) {
      const response = await perform(call, operation, ids);
      expect([operation.operationId, response.status]).toEqual([operation.operationId, 401]);
    }
    expect(await storedState(platform)).toBe(before);
  });
});

test.each(["app", "site"] as const)(
  "an operation that reads serves a portal of the %s, on each of its pages",
  async (kind) => {
    for (const page of portalPages[kind]) {
      const { appId = "", siteId = "" } = ids;
      const owner = kind === "app" ? { appId } : { siteId };
      const { call } = await openPortal(platform, { ...owner, pages: [page] });
      for (const operation of operations) {
        const { operationId } = operation;
        // The job is of an operator; the tests of portal links have others.
        const isRead = operation.call.startsWith("GET ") && operationId !== "getJob";
        if (!isRead || !pagesOf(operationId).includes(page)) continue;
        const filter = lists.includes(operationId) ? `?${new URLSearchParams(owner)}` : "";
        const response = await perform(call, { ...operation, call: operation.call + filter }, ids);
        expect([page, operationId, response.status]).toEqual([page, operationId, 200]);
      }
    }
  },
);
