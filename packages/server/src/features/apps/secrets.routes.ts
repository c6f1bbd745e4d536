import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import type { ApiErrorCode } from "../../infrastructure/errors/index.ts";
import { change, list, type ManagementRoute, pageOf } from "../../infrastructure/management/index.ts";
import { instant, text, time } from "../../infrastructure/routes/index.ts";
import { type ListedSecret, listSecrets } from "./app-secrets.queries.ts";
import { readApp } from "./apps.queries.ts";
import type { Apps, SecretChange } from "./apps.ts";

const tag = "App secrets";

const secretResponse = z
  .object({
    secretId: z.guid(),
    name: z.string(),
    primary: z.boolean().meta({ description: "Whether it signs the instance parameter" }),
    createdAt: time,
    lastUsedAt: time.nullable(),
    expiresAt: time.nullable(),
    compromisedAt: time.nullable(),
  })
  .meta({ id: "AppSecret", description: "A secret of an app, without its value" });

const createdSecret = z
  .object({
    secretId: z.guid(),
    value: z.string().meta({ description: "Only this response contains it" }),
  })
  .meta({ id: "CreatedAppSecret", description: "A new secret of an app" });

/** Management of the secrets of apps. */
export function secretRoutes(apps: Apps): readonly ManagementRoute[] {
  return [
    secretList,
    change({
      method: "POST",
      path: "/apps/{appId}/secrets",
      tag,
      operationId: "createAppSecret",
      summary: "Create another secret; an app can have several valid ones",
      scope: "apps:write",
      accounts: ["app-developer"],
      portal: ["oauth"],
      example: { name: "Second secret" },
      errors: ["TOO_MANY_SECRETS"],
      body: z.strictObject({ name: text(200), expiresAt: instant.optional() }),
      response: createdSecret,
      handle: ({ trx, actor, body, ids }) => apps.createSecret(trx, actor, { ...body, appId: ids.appId }),
    }),
    secretChange(apps, "delete", {
      method: "DELETE",
      path: "/apps/{appId}/secrets/{secretId}",
      operationId: "deleteAppSecret",
      summary: "Delete a secret; tokens that it requested stay valid until they expire",
      error: "SECRET_IS_PRIMARY",
    }),
    secretChange(apps, "promote", {
      method: "POST",
      path: "/apps/{appId}/secrets/{secretId}/promote",
      operationId: "promoteAppSecret",
      summary: "Make a secret the one that signs the instance parameter",
      error: "SECRET_NOT_LIVE",
    }),
    secretChange(apps, "compromise", {
      method: "POST",
      path: "/apps/{appId}/secrets/{secretId}/compromise",
      operationId: "compromiseAppSecret",
      summary: "Invalidate a secret that leaked, also a deleted one, and every token that it requested",
      error: "SECRET_IS_PRIMARY",
    }),
  ];
}

const secretList = list({
  path: "/apps/{appId}/secrets",
  tag,
  operationId: "listAppSecrets",
  summary: "List the secrets of an app, oldest first, without their values",
  scope: "apps:read",
  accounts: ["app-developer"],
  portal: ["overview", "oauth"],
  item: secretResponse,
  async find({ db, ids, page }) {
    await readApp(db, ids.appId);
    return pageOf(await listSecrets(db, ids.appId), page, position);
  },
  position,
  show: showSecret,
});

function secretChange(
  apps: Apps,
  secretChange: SecretChange,
  {
    error,
    ...route
  }: {
    readonly method: "DELETE" | "POST";
    readonly path: `/apps/{appId}/secrets/{secretId}${string}`;
    readonly operationId: string;
    readonly summary: string;
    readonly error: ApiErrorCode;
  },
): ManagementRoute {
  return change({
    ...route,
    tag,
    scope: "apps:write",
    accounts: ["app-developer"],
    portal: ["oauth"],
    errors: ["SECRET_NOT_FOUND", error],
    handle: ({ trx, actor, ids: { appId, secretId } }) =>
      apps.changeSecret(trx, actor, { appId, secretId, change: secretChange }),
  });
}

function position({ created_at, secret_id }: ListedSecret): string {
  return `${isoTime(created_at)} ${secret_id}`;
}

function showSecret(row: ListedSecret): z.input<typeof secretResponse> {
  const iso = (at: number | null): string | null => (at === null ? null : isoTime(at));
  return {
    secretId: row.secret_id,
    name: row.name,
    primary: row.is_primary === 1,
    createdAt: isoTime(row.created_at),
    lastUsedAt: iso(row.last_used_at),
    expiresAt: iso(row.expires_at),
    compromisedAt: iso(row.compromised_at),
  };
}
