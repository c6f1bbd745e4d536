import { DatabaseSync } from "node:sqlite";

/** What the app knows of the instances it has, in the app's own database. */
export interface Instances {
  /**
   * Stores what an event says of an instance, unless a later event has been stored. A webhook that failed is sent again
   * after later ones, so an old AppRemoved may come after the AppInstalled of a reinstall.
   *
   * @returns whether it was stored
   */
  store(event: { instanceId: string; sequence: number; installed: boolean }): boolean;
  /** The ids of the instances that are installed. */
  list(): string[];
}

/**
 * Opens the table of instances. Processes may share its file.
 *
 * @param file `":memory:"` forgets everything at the end of the process
 */
export function openInstances(file: string): Instances {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA busy_timeout = 5000;
    CREATE TABLE IF NOT EXISTS instances (
      instance_id TEXT PRIMARY KEY,
      installed INTEGER NOT NULL,
      sequence INTEGER NOT NULL
    )`);
  // One statement compares and sets, so two processes cannot come between. A removed instance keeps its row and number.
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
