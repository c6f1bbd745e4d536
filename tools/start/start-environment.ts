import { relative } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The variable that names the database of `npm start`. */
export const databaseVariable = "LATCHKEY_START_DATABASE_URL";

/**
 * The environment that `npm start` gives to its server: development, the Stores API, and the database of `LATCHKEY_START_DATABASE_URL`,
 * default SQLite in the data directory. Its log has a line of text for each request and delivery; for a program that reads
 * `--json`, only warnings as JSON. `DATABASE_URL` of the shell is left out: it often belongs to another project.
 */
export function startEnvironment(env: Environment, json: boolean): Environment {
  return {
    ...(json ? { LATCHKEY_LOG_FORMAT: "json", LATCHKEY_LOG_LEVEL: "warn" } : { LATCHKEY_LOG_LEVEL: "debug" }),
    LATCHKEY_RESOURCES: "@latchkey/stores",
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
