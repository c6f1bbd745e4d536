import { relative } from "node:path";
import { moveDatabaseAside } from "@latchkey/server";
import type { Output } from "./output.ts";

/** `npm start -- --reset`: moves the database aside and prints its new path; the start then creates an empty one. */
export function resetDatabase(databaseUrl: string, output: Output): void {
  const time = new Date().toISOString().replaceAll(":", "-");
  const aside = moveDatabaseAside(databaseUrl, time);
  if (aside !== undefined) output.title(`The old database is now ${relative(process.cwd(), aside)}`);
}
