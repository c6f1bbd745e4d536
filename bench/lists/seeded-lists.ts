import type { InstalledApp } from "../platform/installed-app.ts";
import { seededAt, seededId } from "../platform/seeded-ids.ts";
import { inserts, sitesWithInstances } from "../platform/seeded-instances.ts";
import { expiredDeliveries } from "../webhooks/seeded-deliveries.ts";

/** The lists of the dashboard that may become long, by their paths. */
export const longLists = (app: InstalledApp): readonly string[] => [
  ...["/apps", "/sites", "/accounts", "/api-keys", "/audit", "/jobs", "/token-log", "/deliveries"],
  ...["instances", "instances?order=lastToken", "instances?grant=old"].map(
    (list) => `/apps/${app.appId}/${list}`,
  ),
  ...["deliveries", "deliveries?status=failed", "audit", "token-log", "jobs"].map((list) => {
    const [path = "", filter] = list.split("?");
    return `/${path}?appId=${app.appId}${filter ? `&${filter}` : ""}`;
  }),
];

/** SQL that inserts `count` rows into each of these lists. */
export function* rowsOfLists(app: InstalledApp, count: number): Iterable<string> {
  yield* inserts(
    "apps (app_id, name, gen, scopes, enabled, token_format, token_lifetime, created_at, updated_at)",
    count,
    (index) => [seededId("app", index), `App ${index}`, 1, "[]", 1, "jwt", 14_400, seededAt, seededAt],
  );
  yield* sitesWithInstances(app, count);
  yield* expiredDeliveries(app.appId, count);
  yield* inserts("last_uses (id, used_at, app_id, uses)", count, (index) => [
    ...[seededId("instance", index), seededAt + index, app.appId, 1],
  ]);
  yield* inserts(
    "accounts (account_id, email, name, is_developer, is_operator, created_at, updated_at)",
    count,
    (index) => [id(index), `person-${index}@example.com`, `Person ${index}`, 1, 0, seededAt, seededAt],
  );
  yield* inserts("api_keys (key_id, name, digest, scopes, created_at, created_by)", count, (index) => [
    ...[id(index), `Key ${index}`, `digest ${index}`, '["apps:read"]', seededAt, "admin"],
  ]);
  yield* logRows(app, count);
}

function* logRows(app: InstalledApp, count: number): Iterable<string> {
  const instance = (index: number): string => seededId("instance", index);
  yield* inserts(
    "audit (entry_id, actor, action, app_id, site_id, instance_id, details, request_id, occurred_at)",
    count,
    (index) => [
      ...[id(index), "admin", "instance.suspended", app.appId, seededId("site", index), instance(index)],
      ...["{}", id(index), seededAt],
    ],
  );
  yield* inserts(
    "token_log (entry_id, app_id, hour, instance_id, route, reason, kind, requests, first_at, last_at, first_request_id, last_request_id)",
    count,
    (index) => [
      ...[id(index), app.appId, index, instance(index), "", "wrong_secret", "client", 3],
      ...[seededAt, seededAt, id(index), id(index)],
    ],
  );
  yield* inserts(
    "jobs (job_id, action, filter, state, app_id, owner, slot, position, total, more, done, failed, retries, created_by, request_id, created_at, updated_at, ended_at)",
    count,
    (index) => [
      ...[
        id(index),
        "resend",
        `{"appId":"${app.appId}"}`,
        "done",
        app.appId,
        app.appId,
        0,
        "",
        1,
        0,
        1,
        0,
        0,
      ],
      ...["admin", id(index), seededAt, seededAt, seededAt],
    ],
  );
}

/** A UUID whose order is that of the index. */
function id(index: number): string {
  return `019a0000-0000-7000-8000-${index.toString(16).padStart(12, "0")}`;
}
