import { randomUUID } from "node:crypto";
import { AuditLog } from "../../features/audit/index.ts";
import { seconds, systemClock } from "../../infrastructure/clock/index.ts";
import {
  createIds,
  type Database,
  openDatabase,
  requireNoServer,
  type SecurityState,
} from "../../infrastructure/database/index.ts";
import { createLog } from "../../infrastructure/observability/index.ts";
import { migrateAll } from "../bootstrap.ts";
import { readStorageConfig } from "../config.ts";
import { loadResources } from "../load-resources.ts";
import { LastSeenFile, lockPlatform, readPlatform, updateGeneration } from "../platform-state/index.ts";
import type { Command, Report } from "./command.ts";
import { deleteSingleUse, disableApps } from "./restore.queries.ts";
import { compareAudit, describeComparison } from "./restored-audit.ts";

/** Prepares a database that was restored from a backup for its first start. */
export const restore: Command = {
  summary: "Prepare a database that was restored from a backup, before the first start",
  options: { audit: { type: "string" }, "disable-apps": { type: "boolean" } },
  usage: [
    "--audit <file>  List the security changes in this export (latchkey audit-export) that the backup lacks",
    "--disable-apps  Disable every app, until you have repeated these changes",
  ],
  async run({ env, options, progress }) {
    const { dataDirectory, databaseUrl, logFormat, logLevel, resources } = readStorageConfig(env);
    const database = openDatabase(databaseUrl, () => {});
    try {
      await migrateAll({ clock: systemClock, database }, await loadResources(resources), progress);
      const file = new LastSeenFile(
        { database, log: createLog(logLevel, { format: logFormat }) },
        dataDirectory,
      );
      const comparison =
        typeof options.audit === "string" ? await compareAudit(database.read, options.audit) : undefined;
      const disable = options["disable-apps"] === true;
      const { disabled, generation } = await raiseGeneration(database, await file.read(), disable);
      await file.start();
      await file.stop();
      return describe({ generation, disabled, comparison });
    } finally {
      await database.close();
    }
  },
};

/**
 * Raises the generation of the platform above every one that a server has had. A backup that is restored a second time
 * needs another one than the first time, so it is at least the time in seconds.
 */
async function raiseGeneration(database: Database, seen: SecurityState, disable: boolean) {
  const now = systemClock.now();
  const audit = new AuditLog({
    clock: systemClock,
    ids: createIds({ clock: systemClock, randomUuid: randomUUID }),
  });
  return await database.write(async (trx) => {
    await requireNoServer(database, trx);
    await lockPlatform(trx);
    const { gen } = await readPlatform(trx);
    const generation = Math.max(gen + 1, seen.gen + 1, Math.floor(now / seconds(1)));
    await updateGeneration(trx, generation);
    await deleteSingleUse(trx);
    const disabled = disable ? await disableApps(trx, now) : [];
    const actor = { name: "latchkey restore", requestId: "" };
    const details = { generation, disabledApps: disabled.length };
    await audit.append(trx, actor, { action: "platform.restored", details });
    return { generation, disabled };
  });
}

function describe(done: {
  generation: number;
  disabled: readonly string[];
  comparison: Awaited<ReturnType<typeof compareAudit>> | undefined;
}): Report {
  const { comparison, disabled, generation } = done;
  const lines = [
    `The generation of the platform is now ${generation}: every access token and session from before is invalid.`,
    ...(disabled.length > 0
      ? [`${disabled.length} apps are disabled. Enable them when you have finished.`]
      : []),
    ...(comparison === undefined
      ? [
          "Without --audit <file> nobody knows what was removed, suspended or compromised since the backup. All of it has access again.",
        ]
      : describeComparison(comparison)),
  ];
  return { json: { generation, disabledApps: disabled, ...comparison }, text: lines.join("\n") };
}
