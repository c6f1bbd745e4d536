import { stores } from "@latchkey/stores";
import {
  createAccount,
  sessionCaller,
  sessionCookie,
  type TestAccount,
} from "@latchkey/test-support/accounts";
import { type CallManagement, errorBody, managementCaller } from "@latchkey/test-support/management-client";
import {
  type ManagementOperation,
  readManagementOperations,
} from "@latchkey/test-support/management-operations";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { perform, populate, storedState } from "../../testing/support/sweep-objects.ts";
import { hours } from "../clock/index.ts";

// Calls every operation of the OpenAPI document as each kind of account, so new routes are included. An operation that
// declares no accounts must be refused to all but operators.

let platform: TestPlatform;
let operations: ManagementOperation[];
let ids: Readonly<Record<string, string>>;
let admin: CallManagement;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores], refusedDeliveries: "allow" });
  operations = await readManagementOperations(platform.url);
  admin = managementCaller(platform);
  await admin("POST /resources", { body: { identifier: "urn:example:swept", name: "Swept" } });
  await admin("PUT /roles/EDITOR", { body: { permissions: [] } });
  ({ ids } = await populate(platform, "Victim"));
});
afterAll(() => platform.close());

/** The accounts that each operation is declared for. An operation that is not here is for operators only. */
const declared: Readonly<Record<string, readonly string[]>> = {
  account: [
    "getMe listMySessions endMySession changeMyPassword",
    "listMyPasskeys getMyPasskeyOptions registerMyPasskey deleteMyPasskey",
    "listSites listRoles listPermissions listScopes getRetention findId findSecret",
    "countForJob createJob",
  ],
  developer: ["listApps createApp createSite listResources listEventTypes listServicePluginTypes"],
  "app-developer": [
    "getApp getAppPublicKey changeApp deleteApp revokeAppTokens",
    "listAppSecrets createAppSecret deleteAppSecret promoteAppSecret compromiseAppSecret",
    "listDevelopers addDeveloper removeDeveloper",
    "listWebhooks createWebhook getWebhook changeWebhook deleteWebhook rotateWebhookSecret pauseWebhook",
    "resumeWebhook testWebhook replayWebhook listBackfills startBackfill",
    "listDeliveries getDelivery resendDelivery getAppUsage getAppCounts",
    "listJobs getJob cancelJob",
    "listExtensions createExtension getExtension changeExtension deleteExtension testExtension",
    "listInstancesOfApp getInstance getTimeline revokeInstanceTokens",
    "listServicePluginCalls listTokenLog countRefusedRequests listAuditEntries listApprovals listPreApprovals",
  ],
  "site-member": [
    "getSite listMembers getMember listInstancesOfSite getInstance getTimeline listSiteApps getSiteApp createPageUrl",
    "listInstallRequests",
  ],
  "site-owner": [
    "changeSite deleteSite copySite putMember deleteMember installApp removeInstance approveInstance revokeInstanceTokens",
    "withdrawScopes listEvents listAuditEntries listApprovals",
    "listJobs getJob cancelJob",
    "createInstallLink approveInstallRequest declineInstallRequest",
  ],
};

function rulesOf(operationId: string): string[] {
  return Object.keys(declared).filter((rule) =>
    declared[rule]?.some((names) => names.split(" ").includes(operationId)),
  );
}

/** Calls every operation, and expects a status and nothing stored. The others are those that `expected` leaves out. */
async function sweep(
  call: CallManagement,
  expected: (operation: ManagementOperation, rules: readonly string[]) => number | undefined,
): Promise<void> {
  const before = await storedState(platform);
  const found: unknown[] = [];
  const wanted: unknown[] = [];
  for (const operation of operations) {
    const { operationId } = operation;
    const status = expected(operation, rulesOf(operationId));
    if (status === undefined) continue;
    const response = await perform(call, operation, ids);
    found.push([operationId, response.status]);
    wanted.push([operationId, status]);
    expect([operationId, response.text]).not.toContain("Victim");
  }
  expect(found).toEqual(wanted);
  expect(await storedState(platform)).toBe(before);
}

/** The status for an account that has nothing to do with the objects. */
function strangerStatus(flags: { isDeveloper: boolean }) {
  return ({ call }: ManagementOperation, rules: readonly string[]): number | undefined => {
    if (rules.length === 0) return 403;
    if (rules.includes("account")) return undefined;
    if (rules.includes("developer")) return flags.isDeveloper ? undefined : 403;
    // A list without a filter is about the whole platform.
    return call.includes("{") ? 404 : 403;
  };
}

test("every operation declares the accounts that this test lists", () => {
  expect(operations.map(({ accounts, operationId }) => [operationId, [...accounts].sort()])).toEqual(
    operations.map(({ operationId }) => [operationId, rulesOf(operationId).sort()]),
  );
});

describe("H1 every operation", () => {
  test("responds 401 to a session that has ended", async () => {
    const { cookie } = await createAccount(platform, "expired", { isOperator: true });
    await platform.clock.advance(hours(12));
    await platform.settled();
    const call = sessionCaller(platform, cookie);
    await sweep(call, () => 401);
    const response = await call("GET /apps");
    expect(response.body).toEqual(errorBody("UNAUTHENTICATED", "The session has ended; sign in again."));
  });

  test("responds 401 to a made-up session", async () => {
    await sweep(sessionCaller(platform, sessionCookie(platform, "A".repeat(43))), () => 401);
  });

  test("responds 403 or 404 to another developer", async () => {
    const developer = await createAccount(platform, "developer", { isDeveloper: true });
    await developer.call("POST /apps", { body: { name: "Own" } });
    await sweep(developer.call, strangerStatus({ isDeveloper: true }));
  });

  test("responds 403 or 404 to the owner of another site", async () => {
    const owner = await createAccount(platform, "owner");
    const site = await platform.createSite();
    await admin(`PUT /sites/${site.siteId}/members/${owner.accountId}`, { body: { role: "OWNER" } });
    await sweep(owner.call, strangerStatus({ isDeveloper: false }));
  });

  test("responds 404 to a removed member", async () => {
    const member = await createAccount(platform, "removed");
    const path = `/sites/${ids.siteId}/members/${member.accountId}`;
    await admin(`PUT ${path}`, { body: { role: "OWNER" } });
    await admin(`DELETE ${path}`);
    await sweep(member.call, strangerStatus({ isDeveloper: false }));
  });

  test("responds 403 to a member whose role is not enough", async () => {
    const member = await createAccount(platform, "editor");
    await admin(`PUT /sites/${ids.siteId}/members/${member.accountId}`, { body: { role: "EDITOR" } });
    await sweep(member.call, (operation, rules) => {
      if (rules.includes("site-member")) return undefined;
      const isOnSite = /\{(siteId|instanceId)\}/.test(operation.call);
      return isOnSite && rules.length > 0 ? 403 : strangerStatus({ isDeveloper: false })(operation, rules);
    });
    const response = await member.call(`DELETE /instances/${ids.instanceId}`);
    expect(response.body).toEqual(
      errorBody("PERMISSION_DENIED", "This call is for a member of the site with the role OWNER."),
    );
  });
});

describe("an operation", () => {
  let developer: TestAccount;
  let owner: TestAccount;
  let operator: TestAccount;
  beforeAll(async () => {
    developer = await createAccount(platform, "own-developer", { isDeveloper: true });
    owner = await createAccount(platform, "own-owner");
    operator = await createAccount(platform, "own-operator", { isOperator: true });
    await admin(`POST /apps/${ids.appId}/developers`, { body: { accountId: developer.accountId } });
    await admin(`PUT /sites/${ids.siteId}/members/${owner.accountId}`, { body: { role: "OWNER" } });
  });

  const reads = () => operations.filter(({ call }) => call.startsWith("GET "));
  const filtered = [
    "listApprovals",
    "listAuditEntries",
    "listDeliveries",
    "listJobs",
    "listServicePluginCalls",
    "listTokenLog",
  ];
  /** Calls the reads that are declared for one of the rules, lists of the whole platform with a filter. */
  const expectAllowed = async (call: CallManagement, rules: readonly string[], filter: string) => {
    for (const operation of reads()) {
      const { operationId } = operation;
      if (!rulesOf(operationId).some((rule) => rules.includes(rule))) continue;
      // The job is of an operator; the tests of jobs have others.
      if (operationId === "getJob") continue;
      const query = filtered.includes(operationId) ? filter : "";
      const response = await perform(call, { ...operation, call: operation.call + query }, ids);
      expect([operationId, response.status]).toEqual([operationId, 200]);
    }
  };

  test("that reads serves a developer of the app, who filters lists by it", async () => {
    await expectAllowed(developer.call, ["account", "developer", "app-developer"], `?appId=${ids.appId}`);
  });

  test("that reads serves an owner of the site, who filters lists by it", async () => {
    await expectAllowed(owner.call, ["account", "site-member", "site-owner"], `?siteId=${ids.siteId}`);
  });

  test("that reads serves an operator", async () => {
    for (const operation of reads()) {
      const response = await perform(operator.call, operation, ids);
      expect([operation.operationId, response.status]).toEqual([operation.operationId, 200]);
    }
  });

  test("that changes an instance is for its owner, and the developer of its app gets 403", async () => {
    const path = `/instances/${ids.instanceId}`;
    const response = await developer.call(`DELETE ${path}`);
    expect([response.status, response.body]).toEqual([
      403,
      errorBody("PERMISSION_DENIED", "This call is for a member of the site with the role OWNER."),
    ]);
    expect((await developer.call(`POST ${path}/revoke-tokens`)).status).toBe(200);
    expect((await owner.call(`POST ${path}/approve`, { body: {} })).status).toBe(200);
    expect((await owner.call(`DELETE ${path}`)).status).toBe(200);
    const again = await owner.call(`POST /sites/${ids.siteId}/instances`, { body: { appId: ids.appId } });
    expect([again.status, again.body.instanceId]).toEqual([200, ids.instanceId]);
    const { body } = await admin(`GET /audit?instanceId=${ids.instanceId}&limit=2`);
    expect(body.items.map(({ actor }) => actor)).toEqual([
      `account:${owner.accountId}`,
      `account:${owner.accountId}`,
    ]);
  });

  test("that lists the whole platform names the filter that an account needs", async () => {
    const response = await developer.call("GET /audit");
    expect([response.status, response.body]).toEqual([
      403,
      errorBody(
        "PERMISSION_DENIED",
        "The list of the whole platform is for an operator; filter by appId or siteId.",
      ),
    ]);
    const other = await platform.createApp();
    const foreign = await developer.call(`GET /audit?appId=${other.appId}`);
    expect([foreign.status, foreign.body]).toEqual([
      404,
      errorBody("APP_NOT_FOUND", "There is no app with this id."),
    ]);
  });

  test("H6 does not continue with the cursor of another account", async () => {
    for (const name of ["A", "B"]) await developer.call("POST /apps", { body: { name } });
    const eve = await createAccount(platform, "cursor", { isDeveloper: true });
    const { body } = await developer.call("GET /apps?limit=1");
    const response = await eve.call(`GET /apps?limit=1&cursor=${body.nextCursor}`);
    expect([response.status, response.body]).toEqual([
      400,
      errorBody("INVALID_CURSOR", "The cursor does not belong to this list; start again without it."),
    ]);
  });

  test("H5 that changes something refuses a session from another origin", async () => {
    const attack = async (headers: Record<string, string>) => {
      const response = await fetch(`${platform.url}/admin/v1/sites`, {
        method: "POST",
        headers: { cookie: operator.cookie, "content-type": "application/json", ...headers },
        body: JSON.stringify({ name: "Forged" }),
      });
      return [response.status, await response.json()];
    };
    const refused = [
      403,
      errorBody(
        "CROSS_ORIGIN_REQUEST",
        "The request does not come from a page of this server. Open the page again and repeat the step there.",
      ),
    ];
    const origin = "https://evil.example";
    for (const headers of [
      {},
      { origin },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ]) {
      expect(await attack(headers as Record<string, string>)).toEqual(refused);
    }
    expect((await attack({ origin: platform.url }))[0]).toBe(200);
    expect((await attack({ "sec-fetch-site": "same-origin" }))[0]).toBe(200);
  });

  test("uses the key when a request has both a key and a session", async () => {
    const { body: key } = await admin("POST /api-keys", { body: { name: "Few", scopes: ["apps:read"] } });
    const headers = { cookie: operator.cookie };
    expect((await managementCaller(platform, key.value)("GET /sites", { headers })).status).toBe(403);
    expect((await managementCaller(platform, "wrong")("GET /sites", { headers })).status).toBe(401);
  });

  test("that creates keys gives an operator all scopes, and the key has the account as its creator", async () => {
    const response = await operator.call("POST /api-keys", {
      body: { name: "Made", scopes: ["sites:write"] },
    });
    expect([response.status, response.body.createdBy]).toEqual([200, `account:${operator.accountId}`]);
  });
});
