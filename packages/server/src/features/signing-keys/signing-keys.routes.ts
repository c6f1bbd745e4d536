import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Ids, SigningKeysTable, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { change, list, type ManagementRoute, pageOf } from "../../infrastructure/management/index.ts";
import { time } from "../../infrastructure/routes/index.ts";
import type { AuditLog } from "../audit/index.ts";
import { listSigningKeys } from "./signing-keys.queries.ts";
import {
  defaultRotation,
  generateSigningKey,
  insertSigningKey,
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
    activeAt: time.meta({ description: "When it starts to sign" }),
    retiredAt: time.nullable().meta({ description: "When it stopped signing" }),
    removedAt: time.nullable().meta({ description: "When it stops verifying" }),
  })
  .meta({ id: "SigningKey", description: "A key that signs access tokens" });

const keyList = list({
  path: "/keys",
  tag,
  operationId: "listSigningKeys",
  summary: "List the keys that sign access tokens, oldest first",
  scope: "keys:read",
  item: keyResponse,
  find: async ({ db, page }) => pageOf(await listSigningKeys(db), page, position),
  position,
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
          .meta({ description: "Signs at once, although clients may still cache a key set without it" }),
      }),
      response: keyResponse,
      prepare: () => generateSigningKey(newIds.guid()),
      async handle({ trx, actor, body, now, prepared }) {
        if (!body.activateNow) await requireAnnouncementQuota(trx, now);
        const activeAt = body.activateNow ? now : now + defaultRotation.announcement;
        const key = await insertSigningKey(trx, prepared, { vault, announcedAt: now, activeAt });
        const details = { kid: key.kid, activeAt: isoTime(activeAt) };
        await audit.append(trx, actor, { action: "signing-key.announced", details });
        return showKey(key, now);
      },
    }),
    change({
      method: "POST",
      path: "/keys/{kid}/retire",
      tag,
      operationId: "retireSigningKey",
      summary:
        "Retire a signing key; its tokens stay valid until they expire, or are invalid at once if it leaked",
      scope: "keys:write",
      errors: ["KEY_NOT_FOUND", "KEY_IS_ACTIVE"],
      body: z.strictObject({
        compromised: z
          .boolean()
          .optional()
          .meta({ description: "The key leaked; every token that it signed is invalid at once" }),
      }),
      response: keyResponse,
      async handle({ trx, actor, body, ids: { kid }, now }) {
        const compromised = body.compromised ?? false;
        const retention = compromised ? 0 : defaultRotation.retention;
        const key = await retireSigningKey(trx, kid, { now, retention });
        await audit.append(trx, actor, { action: "signing-key.retired", details: { kid, compromised } });
        return showKey(key, now);
      },
    }),
  ];
}

/** Throws `TOO_MANY_KEYS`. The quota bounds the key set that every client reads. */
async function requireAnnouncementQuota(trx: Write, now: number): Promise<void> {
  const announced = (await listSigningKeys(trx)).filter((key) => signingKeyState(key, now) === "announced");
  if (announced.length >= maxAnnounced) throw new ApiError("TOO_MANY_KEYS");
}

function position(key: SigningKeysTable): string {
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
