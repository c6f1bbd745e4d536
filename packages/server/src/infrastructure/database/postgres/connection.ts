import { readFileSync } from "node:fs";
import pg from "pg";
import { parsePostgresUrl } from "./database-url.ts";

/**
 * Creates the class of connections. They ignore `error` events: the pool handles those of idle connections, and those of
 * connections in use would end the process.
 *
 * @param urlFile contains the URL of the database. Each connection reads user and password from it
 */
export function connectionClass(urlFile: string | undefined): new (config?: pg.ClientConfig) => pg.Client {
  // Used while the file cannot be read, or contains no URL of PostgreSQL.
  let newest: URL | undefined;
  return class extends pg.Client {
    constructor(config: pg.ClientConfig = {}) {
      if (urlFile !== undefined) newest = readUrl(urlFile) ?? newest;
      super(newest === undefined ? config : withCredentials(config, newest));
      this.on("error", () => {});
    }
  };
}

function readUrl(file: string): URL | undefined {
  try {
    const parsed = parsePostgresUrl(readFileSync(file, "utf8").trim());
    return "url" in parsed ? parsed.url : undefined;
  } catch {
    return undefined;
  }
}

function withCredentials(config: pg.ClientConfig, from: URL): pg.ClientConfig {
  const url = new URL(config.connectionString ?? "");
  url.username = from.username;
  url.password = from.password;
  for (const name of ["user", "password"]) {
    const value = from.searchParams.get(name);
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return { ...config, connectionString: url.href };
}
