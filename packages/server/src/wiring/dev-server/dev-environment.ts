import { relative } from "node:path";
import type { Environment } from "../config.ts";

/** The variable that names the database of a development server. */
export const databaseVariable = "LATCHKEY_START_DATABASE_URL";

/**
 * The environment of a development server: the given one, with the database of `LATCHKEY_START_DATABASE_URL`, default SQLite in
 * the data directory. Its log has a line for each request and delivery, as text or JSON; a quiet one has warnings only.
 * `DATABASE_URL` of the shell is left out: it often belongs to another project.
 */
export function devEnvironment(
  env: Environment,
  { json, quiet }: { json: boolean; quiet: boolean },
): Environment {
  return {
    LATCHKEY_LOG_LEVEL: quiet ? "warn" : "debug",
    ...(json && { LATCHKEY_LOG_FORMAT: "json" }),
    ...env,
    DATABASE_URL: env[databaseVariable],
    LATCHKEY_ENV: "development",
  };
}

/** Kind and address of a database, without user and password. */
export function describeDatabase(databaseUrl: string): string {
  if (databaseUrl.startsWith("sqlite:")) {
    return `SQLite in ${relative(process.cwd(), databaseUrl.slice("sqlite:".length)) || "."}`;
  }
  const { host, pathname, searchParams } = new URL(databaseUrl);
  const address = searchParams.get("host") ?? decodeURIComponent(host);
  const database = decodeURIComponent(pathname.slice(1));
  return `PostgreSQL at ${address}, database ${database}, schema ${searchParams.get("schema") ?? "public"}`;
}
