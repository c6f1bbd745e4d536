import { expect } from "vitest";
import { listPortalLinks, type PortalOwner } from "../../features/portal/portal-links.queries.ts";
import { appendTokenLog } from "../../features/tokens/usage/token-log.queries.ts";
import { deliveryJobActions } from "../../features/webhooks/index.ts";
import type { Queries, TokenLogTable } from "../../infrastructure/database/index.ts";
import type { Route } from "../../infrastructure/routes/index.ts";
import { managementRoutes } from "../../wiring/management-routes.ts";
import { type FilledDatabase, filledIds } from "./filled-database.ts";
import type { PlanCase } from "./webhook-cases.ts";

type Dependencies = Parameters<typeof managementRoutes>[0];

/** The routes of lists. Other routes of the management API need more dependencies, and are not called. */
function listRoutes(storage?: FilledDatabase): readonly Route[] {
  const admin = { name: "admin", scopes: "all", expiresAt: null };
  const account = { accountId: filledIds.account(7), isDeveloper: true, isOperator: true, sessionId: "" };
  const mac = "00".repeat(32);
  const vault = { digest: () => mac, digests: () => [mac] };
  const given = {
    ...storage,
    authenticate: async ({ request }: { request: Request }) =>
      new URL(request.url).pathname.startsWith("/admin/v1/me/") ? { ...admin, account } : admin,
    vault,
    delivery: {},
    events: {},
    portalLinks: {
      list: (db: Queries, owner: PortalOwner) =>
        listPortalLinks(db, owner, { now: storage?.now ?? 0, limit: 1_000 }),
    },
    jobs: { actions: deliveryJobActions({ wake() {} }) },
    developmentRoutes: [],
  };
  return managementRoutes(given as unknown as Dependencies).filter(
    ({ query }) => query !== undefined && "cursor" in query.shape,
  );
}

const id = filledIds.webhook(3);
const hour = 3_600_000;
const guids = ["appId", "siteId", "instanceId", "webhookId", "eventId", "requestId"];

/** Values of the filters: of few rows, of none, or of the oldest ones. Pairs have the first one. */
const values: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(guids.map((name) => [name, [id]])),
  action: ["action 3", "retired", "none", "resend"],
  actor: ["retired", "admin"],
  componentType: ["OTHER_TYPE", "TYPE"],
  email: ["none@example.com", "7@example.com"],
  eventType: ["other", "own"],
  externalId: ["none"],
  grant: ["old"],
  httpStatus: ["500"],
  kind: ["api-key", "client"],
  kinds: ["refused-request", "change"],
  name: ["none", "site"],
  order: ["lastToken"],
  outcome: ["timeout", "TIMEOUT", "delivered", "ANSWERED"],
  reason: ["none", "reason 3"],
  state: ["suspended", "installed", "pending"],
  token: ["never"],
  status: ["failed", "canceled", "delivered"],
};

/** The index that must serve a list. For others, any index that reads few rows is allowed. */
const indexes: Readonly<Record<string, PlanCase["indexes"]>> = {
  "listDeliveries with status=failed": { deliveries: ["deliveries_by_failure"] },
  "listInstancesOfApp with state=suspended": { instances: ["instances_by_app_and_state", "instances_pkey"] },
  "listInstancesOfApp with order=lastToken": {
    last_uses: ["last_uses_by_app", "last_uses_pkey"],
    instances: ["instances_pkey"],
  },
  "listInstancesOfApp with grant=old": { approvals: ["approvals_by_app"], instances: ["instances_pkey"] },
  "listInstancesOfSite with grant=old": { approvals: ["approvals_by_site"], instances: ["instances_pkey"] },
  "listInstancesOfApp with token=never": { instances: ["instances_by_app", "instances_pkey"] },
  "listApprovals with appId": { approvals: ["approvals_by_app"] },
  "listApprovals with siteId": { approvals: ["approvals_by_site"] },
  "listAuditEntries with appId and siteId": { audit: ["audit_by_app_and_site"] },
  "listAuditEntries with appId and action=action 3": { audit: ["audit_by_app_and_action"] },
  listPortalLinksOfApp: { portal_links: ["portal_links_by_app"] },
  listPortalLinksOfSite: { portal_links: ["portal_links_by_site"] },
  "listServicePluginCalls with instanceId": { service_plugin_calls: ["service_plugin_calls_by_instance"] },
  getTimeline: {
    instances: ["instances_pkey"],
    last_uses: ["last_uses_pkey"],
    token_log: ["token_log_by_instance"],
    audit: ["audit_by_instance"],
    deliveries: ["deliveries_by_instance"],
    delivery_attempts: ["delivery_attempts_pkey"],
    service_plugin_calls: ["service_plugin_calls_by_instance"],
  },
  "listServicePluginCalls with siteId": { service_plugin_calls: ["service_plugin_calls_by_site"] },
};

/** Filters that exclude each other. */
const refused = ["token and order"];

type Filter = readonly [name: string, value: string];

/** No filter, each value of each filter, and each pair of filters. */
function combinations({ query }: Route): readonly (readonly Filter[])[] {
  const names = Object.keys(query?.shape ?? {}).filter(
    (name) => !["cursor", "limit", "since", "until"].includes(name),
  );
  const allowed = (name: string): Filter[] => {
    const schema = query?.shape[name];
    const possible = (values[name] ?? []).filter((value) => schema?.safeParse(value).success);
    if (possible.length === 0) throw new Error(`The filter ${name} has no value in this test.`);
    return possible.map((value) => [name, value]);
  };
  const pairs = names.flatMap((first, index) =>
    names
      .slice(index + 1)
      .filter((second) => !refused.includes(`${first} and ${second}`))
      .flatMap((second) =>
        allowed(first)
          .slice(0, 1)
          .flatMap((one) =>
            allowed(second)
              .slice(0, 1)
              .map((other) => [one, other]),
          ),
      ),
  );
  return [[], ...names.flatMap((name) => allowed(name).map((one) => [one])), ...pairs];
}

/** Reads two pages, of all times and of two hours. */
function listCase({ operationId, path, query }: Route, filters: readonly Filter[]): PlanCase {
  const shown = filters.map(([name, value]) => (guids.includes(name) ? name : `${name}=${value}`));
  const name = [operationId, ...(shown.length === 0 ? [] : ["with", shown.join(" and ")])].join(" ");
  return {
    name: `FR-B13: ${name}`,
    async run(storage) {
      const { now } = storage;
      const route = listRoutes(storage).find((one) => one.operationId === operationId);
      const isoAt = (time: number) => new Date(time).toISOString();
      const times = { since: isoAt(now - hour), until: isoAt(now + hour) };
      for (const window of query && "since" in query.shape ? [{}, times] : [{}]) {
        const search = new URLSearchParams({ ...Object.fromEntries(filters), ...window });
        const parameters = { appId: id, siteId: id, instanceId: id, eventId: storage.eventId };
        const read = async () => {
          const call = { request: new Request(`http://localhost${path}?${search}`), parameters };
          const exchange = { requestId: id, clientAddress: "127.0.0.1" };
          const response = await route?.respond({ ...call, exchange });
          return (await response?.json()) as { nextCursor: string | null };
        };
        const { nextCursor } = await read();
        if (nextCursor !== null) search.set("cursor", nextCursor);
        if (nextCursor !== null) expect(await read()).toHaveProperty("items");
      }
    },
    indexes: indexes[name] ?? {},
    rows: 5_100,
  };
}

async function append({ database, now }: FilledDatabase): Promise<void> {
  const entry: TokenLogTable = {
    ...{ entry_id: `ffffffff-${now}`, app_id: id, hour: now, instance_id: "", route: "", reason: "expired" },
    ...{ kind: "client", requests: 1, first_at: now, last_at: now },
    ...{ first_request_id: "", last_request_id: "" },
  };
  await database.write((trx) => appendTokenLog(trx, [entry]));
}

/** Every list with every filter and every pair of filters, and the other query of the token log. */
export const listCases: readonly PlanCase[] = [
  ...listRoutes().flatMap((route) => combinations(route).map((filters) => listCase(route, filters))),
  { name: "adding to the token log", run: append, rows: 10_100 },
];
