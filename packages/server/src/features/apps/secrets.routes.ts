import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import type { ApiErrorCode } from "../../infrastructure/errors/index.ts";
import { change, list, type ManagementRoute, pageOf } from "../../infrastructure/management/index.ts";
import { instant, text, time } from "../../infrastructure/routes/index.ts";
import { type AppSecret, listSecrets } from "./app-secrets.ts";
import { readApp } from "./apps.queries.ts";
import type { Apps, SecretChange } from "./apps.ts";

const tag = "App secrets";

const secretAnswer = z
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
    value: z.string().meta({ description: "Shown this once" }),
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
      summary: "Make another secret; several work at the same time",
      scope: "apps:write",
      example: { name: "Second secret" },
      errors: ["APP_NOT_FOUND", "TOO_MANY_SECRETS"],
      body: z.strictObject({ name: text(200), expiresAt: instant.optional() }),
      response: createdSecret,
      handle: ({ trx, actor, body, ids }) => apps.createSecret(trx, actor, { ...body, appId: ids.appId }),
    }),
    secretChange(apps, "delete", {
      method: "DELETE",
      path: "/apps/{appId}/secrets/{secretId}",
      operationId: "deleteAppSecret",
      summary: "Delete a secret; it gets no more tokens",
      errors: ["SECRET_IS_PRIMARY"],
    }),
    secretChange(apps, "promote", {
      method: "POST",
      path: "/apps/{appId}/secrets/{secretId}/promote",
      operationId: "promoteAppSecret",
      summary: "Let a secret sign the instance parameter from now on",
      errors: ["SECRET_NOT_LIVE"],
    }),
    secretChange(apps, "compromise", {
      method: "POST",
      path: "/apps/{appId}/secrets/{secretId}/compromise",
      operationId: "compromiseAppSecret",
      summary: "End a secret that leaked, also one that was deleted, together with every token it got",
      errors: ["SECRET_IS_PRIMARY"],
    }),
  ];
}

const secretList = list({
  path: "/apps/{appId}/secrets",
  tag,
  operationId: "listAppSecrets",
  summary: "List the secrets of an app, oldest first, without their values",
  scope: "apps:read",
  errors: ["APP_NOT_FOUND"],
  item: secretAnswer,
  async find({ db, ids, page }) {
    await readApp(db, ids.appId);
    return pageOf(await listSecrets(db, ids.appId), page, age);
  },
  position: age,
  show: showSecret,
});

interface SecretChangeFacts {
  readonly method: "DELETE" | "POST";
  readonly path: `/apps/{appId}/secrets/{secretId}${string}`;
  readonly operationId: string;
  readonly summary: string;
  readonly errors: readonly ApiErrorCode[];
}

function secretChange(apps: Apps, kind: SecretChange, facts: SecretChangeFacts): ManagementRoute {
  return change({
    ...facts,
    tag,
    scope: "apps:write",
    errors: ["APP_NOT_FOUND", "SECRET_NOT_FOUND", ...facts.errors],
    response: z.object({}),
    async handle({ trx, actor, ids }) {
      await apps.changeSecret(trx, actor, { appId: ids.appId, secretId: ids.secretId, change: kind });
      return {};
    },
  });
}

function age(secret: AppSecret): string {
  return `${isoTime(secret.createdAt)} ${secret.secretId}`;
}

function showSecret(secret: AppSecret): z.input<typeof secretAnswer> {
  const iso = (at: number | null): string | null => (at === null ? null : isoTime(at));
  return {
    ...secret,
    createdAt: isoTime(secret.createdAt),
    lastUsedAt: iso(secret.lastUsedAt),
    expiresAt: iso(secret.expiresAt),
    compromisedAt: iso(secret.compromisedAt),
  };
}
