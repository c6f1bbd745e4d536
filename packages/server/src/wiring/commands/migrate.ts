import { systemClock } from "../../infrastructure/clock/index.ts";
import { openDatabase } from "../../infrastructure/database/index.ts";
import { migrateAll } from "../bootstrap.ts";
import { readStorageConfig } from "../config.ts";
import { loadResources } from "../load-resources.ts";
import type { Command } from "./command.ts";

/** Applies the migrations as a step of its own, before servers of a new version start. */
export const migrateCommand: Command = {
  summary: "Migrate the database and exit",
  options: {},
  usage: [],
  async run({ env, progress }) {
    const { databaseUrl, resources } = readStorageConfig(env);
    const database = openDatabase(databaseUrl, () => {});
    try {
      const deps = { clock: systemClock, database };
      const applied = await migrateAll(deps, await loadResources(resources), progress);
      const lines = applied.map((name) => `Applied ${name}.`);
      return { json: { applied }, text: lines.join("\n") || "The database is up to date." };
    } finally {
      await database.close();
    }
  },
};
