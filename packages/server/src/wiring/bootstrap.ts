import { AuditLog } from "../features/audit/index.ts";
import { ensurePermissions } from "../features/permissions/index.ts";
import type { Resource } from "../features/resources/index.ts";
import {
  defaultRotation,
  generateSigningKey,
  insertSigningKey,
  listSigningKeys,
  rotateSigningKeys,
  signingKeyState,
} from "../features/signing-keys/index.ts";
import { ensureEventTypes } from "../features/webhooks/index.ts";
import { type Clock, isoTime } from "../infrastructure/clock/index.ts";
import type { Vault } from "../infrastructure/crypto/index.ts";
import type { Database, Ids, Write } from "../infrastructure/database/index.ts";
import { migrate, migrateResource } from "../infrastructure/database/index.ts";
import { OperatorError } from "../infrastructure/errors/index.ts";
import type { Actor } from "../infrastructure/management/index.ts";

interface Dependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly vault: Vault;
}

const keyCheckContext = "platform key check";

/**
 * Makes a database ready to serve: schema, tables of resources, the platform's own row, permissions, a signing key.
 * Processes that start at once on one database find the same.
 *
 * Throws `migration_changed`, `migration_failed`, `wrong_encryption_key`, `resource_invalid`, `resource_collision`.
 */
export async function initialise(deps: Dependencies, resources: readonly Resource[] = []): Promise<void> {
  const { clock, database, vault } = deps;
  await migrate(database, clock);
  for (const resource of resources) await migrateResource(database, clock, resource);
  await database.write(async (trx) => {
    await trx
      .insertInto("platform")
      .values({
        id: 1,
        gen: 1,
        key_check: vault.seal("latchkey", keyCheckContext),
        created_at: clock.now(),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await checkEncryptionKey(trx, vault);
    // Those that start at once store permissions one after another.
    await lockPlatform(trx);
    await ensurePermissions(trx, resources, clock.now());
    await ensureEventTypes(trx, resources, clock.now());
  });
  await rotateKeys(deps);
}

/** What the server does by itself, as the audit log names who did it. */
const system: Actor = { name: "system", requestId: "" };

/** Announces, activates and retires the platform's signing keys as their schedule says. */
export async function rotateKeys({ clock, database, ids, vault }: Dependencies): Promise<void> {
  const audit = new AuditLog({ clock, ids });
  const spare = await generateSigningKey(ids.guid());
  await database.write(async (trx) => {
    await lockPlatform(trx);
    const now = clock.now();
    const { due, retired } = await rotateSigningKeys(trx, { now, schedule: defaultRotation });
    for (const kid of retired) {
      await audit.append(trx, system, {
        action: "signing-key.retired",
        details: { kid, compromised: false },
      });
    }
    if (!due) return;
    const active = (await listSigningKeys(trx)).some((key) => signingKeyState(key, now) === "active");
    const activeAt = active ? now + defaultRotation.announcement : now;
    await insertSigningKey(trx, spare, { vault, announcedAt: now, activeAt });
    await audit.append(trx, system, {
      action: "signing-key.announced",
      details: { kid: spare.kid, activeAt: isoTime(activeAt) },
    });
  });
}

/** Lets one process at a time through, on every engine. */
async function lockPlatform(trx: Write): Promise<void> {
  await trx.selectFrom("platform").select("id").forUpdate().execute();
}

async function checkEncryptionKey(trx: Write, vault: Vault): Promise<void> {
  const row = await trx.selectFrom("platform").select("key_check").executeTakeFirstOrThrow();
  try {
    vault.unseal(row.key_check, keyCheckContext);
  } catch (error) {
    throw new OperatorError(
      "wrong_encryption_key",
      "Start with the key this database was made with; to change keys, keep it in the list until all is sealed anew.",
      { cause: error },
    );
  }
  if (row.key_check.startsWith(vault.newestPrefix)) return;
  await trx
    .updateTable("platform")
    .set({ key_check: vault.seal("latchkey", keyCheckContext) })
    .execute();
}
