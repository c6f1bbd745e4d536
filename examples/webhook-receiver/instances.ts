import { DatabaseSync } from "node:sqlite";

/** The instances of the app, in the app's own database. */
export interface InstanceStore {
  /**
   * Stores the state of an instance, unless a later event is already stored. Failed webhooks are retried after later
   * ones, so an old AppRemoved can arrive after the AppInstalled of a reinstall.
   *
   * @returns whether the state was stored
   */
  store(event: { instanceId: string; sequence: number; installed: boolean }): boolean;
  /** Returns the IDs of the installed instances. */
  list(): string[];
}

/**
 * Opens the store. Several processes can share the file.
 *
 * @param file the path of the database; `":memory:"` is lost at the end of the process
 */
export function openInstanceStore(file: string): InstanceStore {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA busy_timeout = 5000;
    CREATE TABLE IF NOT EXISTS instances (
      instance_id TEXT PRIMARY KEY,
      installed INTEGER NOT NULL,
      sequence INTEGER NOT NULL
    )`);
  // One statement compares and writes, so concurrent processes cannot interfere. The row of a removed instance is
  // kept.
  const store = database.prepare(`
    INSERT INTO instances (instance_id, installed, sequence) VALUES (?, ?, ?)
    ON CONFLICT (instance_id) DO UPDATE SET installed = excluded.installed, sequence = excluded.sequence
    WHERE excluded.sequence > instances.sequence`);
  const list = database.prepare("SELECT instance_id FROM instances WHERE installed = 1 ORDER BY instance_id");
  return {
    store: ({ instanceId, installed, sequence }) =>
      store.run(instanceId, Number(installed), sequence).changes === 1,
    list: () => list.all().map(({ instance_id }) => String(instance_id)),
  };
}
