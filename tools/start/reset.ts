import { relative } from "node:path";
import { moveDatabaseAside } from "@latchkey/server";
import type { Narrator } from "./narrator.ts";

/** `npm start -- --reset`: moves the database aside, says where it is, and lets the start make an empty one. */
export function resetDatabase(databaseUrl: string, narrator: Narrator): void {
  const time = new Date().toISOString().replaceAll(":", "-");
  const aside = moveDatabaseAside(databaseUrl, time);
  if (aside !== undefined) narrator.title(`The old database is now ${relative(process.cwd(), aside)}`);
}
