import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Ids, Queries, SigningKeysTable, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { change, list, type ManagementRoute, pageOf } from "../../infrastructure/management/index.ts";
import { time } from "../../infrastructure/routes/index.ts";
import type { AuditLog } from "../audit/index.ts";
import {
  defaultRotation,
  generateSigningKey,
  insertSigningKey,
  listSigningKeys,
  retireSigningKey,
  signingKeyState,
} from "./signing-keys.ts";

const tag = "Signing keys";

const maxAnnounced = 5;

const keyResponse = z
  .object({
    kid: z.guid(),
    state: z.enum(["announced", "active", "retired", "removed"]),
    announcedAt: time,
    activeAt: time.meta({ description: "When it begins to sign" }),
    retiredAt: time.nullable().meta({ description: "When it stopped to sign" }),
    removedAt: time.nullable().meta({ description: "When it stops to verify" }),
  })
  .meta({ id: "SigningKey", description: "A key that signs access tokens" });

const keyList = list({
  path: "/keys",
  tag,
  operationId: "listSigningKeys",
  summary: "List the keys that sign access tokens, oldest first",
  scope: "keys:read",
  item: keyResponse,
  find: async ({ db, page }) => pageOf(await listSigningKeys(db), page, age),
  position: age,
  show: showKey,
});

/** Management of the platform's signing keys. */
export function signingKeyRoutes(deps: {
  audit: AuditLog;
  ids: Ids;
  vault: Vault;
}): readonly ManagementRoute[] {
  const { audit, ids: newIds, vault } = deps;
  return [
    keyList,
    change({
      method: "POST",
      path: "/keys",
      tag,
      operationId: "createSigningKey",
      summary: "Announce a new signing key ahead of the schedule",
      scope: "keys:write",
      errors: ["TOO_MANY_KEYS"],
      body: z.strictObject({
        activateNow: z
          .boolean()
          .optional()
          .meta({ description: "Signs at once, before clients that cache the key set can know it" }),
      }),
      response: keyResponse,
      prepare: () => generateSigningKey(newIds.guid()),
      async handle({ trx, actor, body, now, prepared }) {
        if (!body.activateNow) await refuseTooManyAnnounced(trx, now);
        const activeAt = body.activateNow ? now : now + defaultRotation.announcement;
        await insertSigningKey(trx, prepared, { vault, announcedAt: now, activeAt });
        const { kid } = prepared;
        await audit.append(trx, actor, {
          action: "signing-key.announced",
          details: { kid, activeAt: isoTime(activeAt) },
        });
        return showKey(await readKey(trx, kid), now);
      },
    }),
    change({
      method: "POST",
      path: "/keys/{kid}/retire",
      tag,
      operationId: "retireSigningKey",
      summary: "End a signing key; what it signed verifies until it has expired, or dies at once",
      scope: "keys:write",
      errors: ["KEY_NOT_FOUND", "KEY_IS_ACTIVE"],
      body: z.strictObject({
        compromised: z.boolean().optional().meta({ description: "The key leaked: kills what it signed" }),
      }),
      response: keyResponse,
      async handle({ trx, actor, body, ids: { kid }, now }) {
        const compromised = body.compromised ?? false;
        await retireSigningKey(trx, kid, { now, retention: compromised ? 0 : defaultRotation.retention });
        await audit.append(trx, actor, { action: "signing-key.retired", details: { kid, compromised } });
        return showKey(await readKey(trx, kid), now);
      },
    }),
  ];
}

/** Keys that wait for their turn; every client reads all of them. Throws `TOO_MANY_KEYS`. */
async function refuseTooManyAnnounced(trx: Write, now: number): Promise<void> {
  const announced = (await listSigningKeys(trx)).filter((key) => signingKeyState(key, now) === "announced");
  if (announced.length >= maxAnnounced) throw new ApiError("TOO_MANY_KEYS");
}

async function readKey(db: Queries, kid: string): Promise<SigningKeysTable> {
  const key = (await listSigningKeys(db)).find((one) => one.kid === kid);
  if (key === undefined) throw new ApiError("KEY_NOT_FOUND");
  return key;
}

function age(key: SigningKeysTable): string {
  return `${isoTime(key.active_at)} ${key.kid}`;
}

function showKey(key: SigningKeysTable, now: number): z.input<typeof keyResponse> {
  return {
    kid: key.kid,
    state: signingKeyState(key, now),
    announcedAt: isoTime(key.announced_at),
    activeAt: isoTime(key.active_at),
    retiredAt: key.retired_at === null ? null : isoTime(key.retired_at),
    removedAt: key.removed_at === null ? null : isoTime(key.removed_at),
  };
}
