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
import { migrate, migrateResource, platformName, requireSessions } from "../infrastructure/database/index.ts";
import { OperatorError } from "../infrastructure/errors/index.ts";
import type { Actor } from "../infrastructure/management/index.ts";
import { insertPlatform, lockPlatform, readKeyCheck, updateKeyCheck } from "./platform-state/index.ts";

interface Dependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly vault: Vault;
}

const keyCheckContext = "platform key check";

/**
 * Applies the migrations of the platform and of resources. Several processes may do this at once.
 *
 * Throws `migration_changed`, `migration_failed`, `migration_blocked`, `unreleased_database`, `resource_invalid`.
 *
 * @param report called with a text for people each time a migration waits for a lock
 * @returns what was applied, such as `platform 0001-schema.sql`
 */
export async function migrateAll(
  { clock, database }: Pick<Dependencies, "clock" | "database">,
  resources: readonly Resource[] = [],
  report: (text: string) => void = () => {},
): Promise<string[]> {
  await requireSessions(database);
  const applied = (await migrate(database, clock, { report })).map((name) => `${platformName} ${name}`);
  for (const resource of resources) {
    const names = await migrateResource(database, clock, { ...resource, report });
    applied.push(...names.map((name) => `${resource.name} ${name}`));
  }
  return applied;
}

/**
 * Prepares a migrated database: the row of the platform, permissions, event types and a signing key. Several processes
 * may do this at once. Throws `wrong_encryption_key`, `resource_collision`.
 */
export async function bootstrap(deps: Dependencies, resources: readonly Resource[] = []): Promise<void> {
  const { clock, database, ids, vault } = deps;
  await database.write(async (trx) => {
    const keyCheck = vault.seal("latchkey", keyCheckContext);
    await insertPlatform(trx, { platformId: ids.guid(), keyCheck, now: clock.now() });
    await requireEncryptionKey(trx, vault);
    // Processes that start at the same time take turns.
    await lockPlatform(trx);
    await ensurePermissions(trx, resources, clock.now());
    await ensureEventTypes(trx, resources, clock.now());
  });
  await rotateKeys(deps);
}

/** The actor of background jobs in the audit log. */
const system: Actor = { name: "system", requestId: "" };

/** Announces, activates and retires signing keys of the platform by their schedule. */
export async function rotateKeys({ clock, database, ids, vault }: Dependencies): Promise<void> {
  const audit = new AuditLog({ clock, ids });
  const spare = await generateSigningKey(ids.guid());
  await database.write(async (trx) => {
    await lockPlatform(trx);
    const now = clock.now();
    const { due, retired } = await rotateSigningKeys(trx, { now, schedule: defaultRotation });
    for (const kid of retired) {
      const details = { kid, compromised: false };
      await audit.append(trx, system, { action: "signing-key.retired", details });
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

/** Throws `wrong_encryption_key` when the configured keys do not open this database. */
export async function requireEncryptionKey(trx: Write, vault: Vault): Promise<void> {
  const keyCheck = await readKeyCheck(trx);
  if (!fitsDatabase(vault, keyCheck)) {
    throw new OperatorError(
      "wrong_encryption_key",
      "Start with the key this database was created with; to change keys, keep it in the list until every value is resealed.",
    );
  }
  if (keyCheck.startsWith(vault.newestPrefix)) return;
  await updateKeyCheck(trx, vault.seal("latchkey", keyCheckContext));
}

/** Whether the keys of a vault are those of the database with this value in `platform.key_check`. */
export function fitsDatabase(vault: Vault, keyCheck: string): boolean {
  try {
    vault.unseal(keyCheck, keyCheckContext);
    return true;
  } catch {
    return false;
  }
}
