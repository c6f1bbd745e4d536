import { stores } from "@latchkey/stores";
import { addSession, askToInstall, createAccount } from "@latchkey/test-support/accounts";
import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import { readManagementOperations } from "@latchkey/test-support/management-operations";
import { createPortalLink } from "@latchkey/test-support/portal";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../testing/index.ts";
import { readAllRows, readRealColumns } from "../testing/support/database-contents.queries.ts";

let platform: TestPlatform;
let call: CallManagement;
let callOfAccount: CallManagement;
let ids: Record<string, string>;

beforeAll(async () => {
  platform = await createTestPlatform({
    resources: [stores],
    now: 1_767_323_045_678,
    refusedDeliveries: "allow",
  });
  call = managementCaller(platform);
  ids = await populate();
  await makeEveryWriteNeedRoom();
});
afterAll(() => platform.close());

/** Operations that write. Names in braces are ids that {@link populate} returns. */
const writes: readonly (readonly [operation: string, body?: object])[] = [
  ["POST /apps", { name: "New" }],
  ["PATCH /apps/{app}", { name: "Changed" }],
  ["POST /apps/{app}/revoke-tokens"],
  ["POST /apps/{app}/secrets", { name: "New" }],
  ["POST /apps/{app}/secrets/{second}/promote"],
  ["POST /apps/{app}/secrets/{third}/compromise"],
  ["DELETE /apps/{app}/secrets/{first}"],
  ["POST /sites", { name: "New" }],
  ["PATCH /sites/{site}", { name: "Changed" }],
  ["POST /sites/{site}/copy"],
  ["POST /sites/{empty}/instances", { appId: "{app}" }],
  ["POST /instances/{instance}/approve", {}],
  ["POST /instances/{instance}/revoke-tokens"],
  ["POST /instances/{instance}/suspend"],
  ["POST /instances/{instance}/resume"],
  ["DELETE /instances/{instance}"],
  ["DELETE /sites/{empty}"],
  ["DELETE /apps/{unused}"],
  ["POST /event-types", { eventType: "new", description: "New" }],
  ["POST /events", { siteId: "{site}", eventType: "own", payload: {} }],
  ["POST /apps/{app}/webhooks", { eventType: "AppInstalled", url: "http://127.0.0.1:9999/new" }],
  ["PATCH /apps/{app}/webhooks/{webhook}", { url: "http://127.0.0.1:9999/changed" }],
  ["POST /apps/{app}/webhooks/{webhook}/test", {}],
  ["POST /apps/{app}/webhooks/{webhook}/replay", { statuses: ["delivered", "pending"] }],
  ["POST /deliveries/{delivery}/resend"],
  ["POST /apps/{app}/webhooks/{webhook}/pause"],
  ["POST /apps/{app}/webhooks/{webhook}/resume"],
  ["POST /apps/{app}/webhooks/{webhook}/rotate-secret"],
  ["DELETE /apps/{app}/webhooks/{webhook}"],
  ["POST /apps/{app}/backfill"],
  ["POST /find", { id: "{app}" }],
  ["POST /jobs/count", { action: "cancel", filter: { appId: "{app}" } }],
  ["POST /jobs", { action: "resend", filter: { appId: "{app}", status: "blocked" }, confirmCount: 0 }],
  ["POST /jobs/{job}/cancel"],
  ["POST /apps/{app}/extensions", { kind: "EXTERNAL_PAGE", url: "http://127.0.0.1:9999/page" }],
  ["PATCH /apps/{app}/extensions/{extension}", { url: "http://127.0.0.1:9999/moved" }],
  [
    "POST /apps/{app}/extensions/{plugin}/test",
    { instanceId: "{shown}", method: "calculateAdditionalFees", request: { lineItems: [] } },
  ],
  ["POST /instances/{shown}/page-url", { extensionId: "{extension}" }],
  ["POST /instances/{shown}/user-token", { accountId: "{member}" }],
  ["DELETE /apps/{app}/extensions/{extension}"],
  ["PUT /service-plugin-types/OWN", { methods: [{ name: "own", path: "/own", timeoutMs: 1_000 }] }],
  ["POST /service-plugins/call", { siteId: "{site}", componentType: "OWN", method: "own" }],
  ["PUT /roles/EDITOR", { permissions: [] }],
  ["PUT /sites/{site}/members/new", { role: "EDITOR" }],
  ["DELETE /sites/{site}/members/new"],
  ["POST /permissions", { permissionId: "NEW", description: "New" }],
  ["POST /scopes", { scopeId: "NEW", name: "New", permissions: ["NEW"] }],
  ["POST /resources", { identifier: "urn:example:new", name: "New" }],
  ["POST /keys", { activateNow: true }],
  ["POST /keys/{key}/retire", {}],
  ["PATCH /settings/retention", { deliveries: 14 }],
  ["POST /api-keys", { name: "New", scopes: ["apps:read"] }],
  ["DELETE /api-keys/{apiKey}"],
  ["DELETE /me/sessions/{session}"],
  ["POST /me/password", { currentPassword: "", newPassword: "a new password" }],
  ["POST /accounts", { email: "new@example.com", name: "New" }],
  ["PATCH /accounts/{account}", { name: "Changed" }],
  ["POST /apps/{app}/developers", { accountId: "{account}" }],
  ["DELETE /apps/{app}/developers/{account}"],
  ["DELETE /accounts/{account}"],
  ["POST /apps/{asking}/pre-approvals", { scopeIds: ["{scope}"] }],
  ["DELETE /apps/{asking}/pre-approvals/{scope}"],
  ["POST /instances/{asked}/withdraw", { scopes: ["{scope}"] }],
  ["POST /sites/{site}/install-links", { appId: "{asking}" }],
  ["POST /apps/{app}/portal-links", { pages: ["logs"], origin: "https://product.example" }],
  ["POST /sites/{site}/portal-links", { pages: ["apps"], origin: "https://product.example" }],
  ["DELETE /portal-links/{portalLink}"],
  ["POST /sites/{site}/install-requests/{toApprove}/approve"],
  ["POST /sites/{site}/install-requests/{toDecline}/decline"],
  ["POST /dev/codes", { instanceId: "{asked}", redirectUrl: "http://127.0.0.1:9999/legacy" }],
  ["POST /dev/demo"],
];

test("the table below has every operation that writes", async () => {
  const nameless = (operation: string) =>
    operation.replaceAll(/\{\w+\}/g, "{}").replace(/(service-plugin-types|roles|members)\/\w+$/, "$1/{}");
  const operations = (await readManagementOperations(platform.url)).map((operation) => operation.call);
  const writing = operations.filter((operation) => !operation.startsWith("GET "));
  // The clock, faults and the options of a passkey are not in the database. A passkey needs an authenticator.
  const others = /^POST \/dev\/clock$|\/dev\/faults$|passkey/;
  const stored = writing.filter((operation) => !others.test(operation));
  expect(writes.map(([operation]) => nameless(operation)).sort()).toEqual(stored.map(nameless).sort());
});

describe("on a full disk each write responds 503, stores nothing partially, and succeeds once there is space:", () => {
  test.each(writes.map(([operation, body]) => ({ operation, body })))(
    "$operation",
    async ({ operation, body }) => {
      await withRoom(() => platform.settled());
      const before = await readVisibleRows();
      const key = operation.startsWith("POST") ? { "idempotency-key": operation.replace(" ", ":") } : {};
      const type = body === undefined ? {} : { "content-type": "application/json" };
      const sent = body === undefined ? {} : { body: filled(JSON.stringify(body)) };
      let failures = 0;
      for (let pages = 0; ; pages = pages < 12 ? pages + 1 : pages * 2) {
        await leaveRoomFor(pages);
        const send = operation.includes(" /me/") ? callOfAccount : call;
        const response = await send(filled(operation), { ...sent, headers: { ...key, ...type } });
        if (response.status === 200) break;
        failures += 1;
        const message = "The database cannot be reached or cannot store more; try again shortly.";
        const requestId = response.headers.get("x-request-id");
        expect([response.status, response.headers.get("retry-after"), JSON.parse(response.text)]).toEqual([
          503,
          "1",
          {
            message,
            details: { applicationError: { code: "UNAVAILABLE", description: message, data: { requestId } } },
          },
        ]);
        const rows = await readVisibleRows();
        // A copy takes several transactions. What a failed one leaves is not visible; the last test deletes it.
        if (operation.endsWith("/copy")) expect(rows.sites).toEqual(before.sites);
        else expect(rows).toEqual(before);
      }
      expect(failures).toBeGreaterThan(1);
    },
  );
});

test("tokens are minted and checked while the disk is full, and their use is stored afterwards", async () => {
  const app = await withRoom(() => platform.createApp());
  const site = await withRoom(() => platform.createSite());
  const { appId } = app;
  const { instanceId } = await withRoom(() => platform.install({ appId, siteId: site.siteId }));
  await withRoom(() => platform.settled());
  await leaveRoomFor(0);
  const before = await readAllRows(platform.platform.database);

  const minted = await post("/oauth2/token", {
    ...{ grant_type: "client_credentials", client_id: appId, client_secret: app.secret.value },
    instance_id: instanceId,
  });
  expect(minted.status).toBe(200);
  const { access_token } = (await minted.json()) as { access_token: string };
  expect(await (await post("/oauth2/token-info", { token: access_token })).json()).toMatchObject({
    active: true,
  });
  await platform.clock.advance(20_000);
  expect(await readAllRows(platform.platform.database)).toEqual(before);

  await leaveRoomFor(1_000_000);
  await platform.clock.advance(5_000);
  const { database } = platform.platform;
  const used = database.read.selectFrom("last_uses").select("used_at").where("id", "=", instanceId);
  expect(await used.executeTakeFirst()).toEqual({ used_at: 1_767_323_045_678 });
});

test("what failed copies of sites left is deleted once there is space", async () => {
  expect((await readAllRows(platform.platform.database)).site_work).not.toEqual([]);
  await withRoom(() => platform.clock.advance(120_000));
  await withRoom(() => platform.settled());
  expect((await readAllRows(platform.platform.database)).site_work).toEqual([]);
});

test("an account reads while the disk is full, although the use of its session cannot be stored", async () => {
  const reader = await withRoom(() => createAccount(platform, "reader"));
  await withRoom(() => platform.clock.advance(600_000));
  await withRoom(() => platform.settled());
  await leaveRoomFor(0);
  const before = await readAllRows(platform.platform.database);
  expect((await reader.call("GET /me")).status).toBe(200);
  expect(await readAllRows(platform.platform.database)).toEqual(before);
});

/** All rows but those of deleted sites. */
async function readVisibleRows() {
  const rows = await readAllRows(platform.platform.database);
  return { ...rows, sites: rows.sites?.filter((site) => JSON.parse(site).deleted_at === null) };
}

function filled(text: string): string {
  return text.replaceAll(/\{(\w+)\}/g, (all, name: string) => ids[name] ?? all);
}

function post(path: string, body: object): Promise<Response> {
  return fetch(platform.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

const optionalScope = "SCOPE.DC-STORES.READ-PRODUCTS";
const redirectUrl = "http://127.0.0.1:9999/legacy";

/** An account with a second session, an app of the legacy flow with an optional scope, and two requests to install another app. */
async function populatePeople(siteId: string): Promise<Record<string, string>> {
  const account = await createAccount(platform, "disk", { isDeveloper: true });
  await addSession(platform, account.accountId);
  await call(`PUT /sites/${siteId}/members/${account.accountId}`, { body: { role: "OWNER" } });
  const { body: sessions } = await account.call("GET /me/sessions");
  const other = sessions.items.find((session) => !session.isCurrent);
  const asking = await platform.createApp({
    scopes: [{ scopeId: optionalScope, optional: true }],
    legacy: { appUrl: redirectUrl, redirectUrls: [redirectUrl] },
  });
  const { siteId: elsewhere } = await platform.createSite();
  const asked = await platform.install({ appId: asking.appId, siteId: elsewhere });
  const ask = async (): Promise<string> => {
    const { appId } = await platform.createApp();
    return await askToInstall(platform, { appId, siteId, accountId: account.accountId });
  };
  callOfAccount = account.call;
  return {
    ...{ account: account.accountId, session: String(other?.sessionId), scope: optionalScope },
    ...{ asking: asking.appId, asked: asked.instanceId, toApprove: await ask(), toDecline: await ask() },
  };
}

async function populate(): Promise<Record<string, string>> {
  const app = await platform.createApp();
  const unused = await platform.createApp();
  const [site, empty] = [await platform.createSite(), await platform.createSite()];
  const { instanceId } = await platform.install({ appId: app.appId, siteId: site.siteId });
  const open = await platform.createSite();
  const shown = await platform.install({ appId: app.appId, siteId: open.siteId });
  await call("POST /event-types", { body: { eventType: "own", description: "Own" } });
  const webhook = await call(`POST /apps/${app.appId}/webhooks`, {
    body: { eventType: "AppInstalled", url: "http://127.0.0.1:9999/hooks" },
  });
  const { webhookId } = webhook.body;
  const test = await call(`POST /apps/${app.appId}/webhooks/${webhookId}/test`);
  const job = await call("POST /jobs", {
    body: { action: "resend", filter: { appId: app.appId, status: "canceled" }, confirmCount: 0 },
  });
  const extension = await call(`POST /apps/${app.appId}/extensions`, {
    body: { kind: "IFRAME_PAGE", url: "http://127.0.0.1:9999/page" },
  });
  const plugin = await call(`POST /apps/${app.appId}/extensions`, {
    body: {
      ...{ kind: "SERVICE_PLUGIN", componentType: "ECOM_ADDITIONAL_FEES" },
      baseUri: "http://127.0.0.1:9999/plugins",
    },
  });
  await call(`PUT /sites/${open.siteId}/members/owner`, { body: { role: "OWNER" } });
  const secret = (name: string) => call(`POST /apps/${app.appId}/secrets`, { body: { name } });
  const key = (await call("GET /keys")).body.items[0];
  const { linkId } = await createPortalLink(platform, { appId: app.appId, pages: ["logs"] });
  const apiKey = await call("POST /api-keys", { body: { name: "Key", scopes: ["apps:read"] } });
  return {
    ...(await populatePeople(site.siteId)),
    ...{ app: app.appId, unused: unused.appId, site: site.siteId, empty: empty.siteId, instance: instanceId },
    ...{ first: app.secret.secretId, second: (await secret("Second")).body.secretId },
    plugin: String(plugin.body.extensionId),
    ...{ shown: shown.instanceId, extension: String(extension.body.extensionId), member: "owner" },
    portalLink: linkId,
    ...{ webhook: String(webhookId), delivery: String(test.body.deliveryId), job: String(job.body.jobId) },
    ...{ third: (await secret("Third")).body.secretId, key: key?.kid ?? "", apiKey: apiKey.body.keyId },
  };
}

/** Makes every statement that writes a row use another page, so that each of them can fill the disk. */
async function makeEveryWriteNeedRoom(): Promise<void> {
  const tables = Object.keys(await readRealColumns(platform.platform.database));
  await execute("create table filler (room blob not null)");
  for (const table of tables) {
    for (const event of ["insert", "update", "delete"]) {
      await execute(
        `create temp trigger ${event}_${table} after ${event} on main.${table}
         begin insert into filler values (zeroblob(3000)); end`,
      );
    }
  }
}

async function leaveRoomFor(pages: number): Promise<void> {
  await platform.platform.database.write(async (trx) => {
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(trx);
    await sql.raw(`pragma max_page_count = ${(rows[0]?.page_count ?? 0) + pages}`).execute(trx);
  });
}

async function withRoom<T>(work: () => Promise<T>): Promise<T> {
  await leaveRoomFor(1_000_000);
  return await work();
}

async function execute(statement: string): Promise<void> {
  await platform.platform.database.write((trx) => sql.raw(statement).execute(trx));
}
