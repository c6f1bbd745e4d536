import { Client } from "pg";
import { startPostgres } from "../../tools/postgres/start-postgres.ts";

/**
 * Provides one PostgreSQL for the whole run: the one that TEST_DATABASE_URL names, else a new one. The run fails
 * without it.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.TEST_DATABASE_URL) {
    await requireAnswer(process.env.TEST_DATABASE_URL);
    return undefined;
  }
  const postgres = await startPostgres();
  process.env.TEST_DATABASE_URL = postgres.url;
  process.env.TEST_DATABASE_KEEP_SCHEMAS = "1";
  return async () => {
    delete process.env.TEST_DATABASE_URL;
    delete process.env.TEST_DATABASE_KEEP_SCHEMAS;
    await postgres.close();
  };
}

async function requireAnswer(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    await client.end();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `TEST_DATABASE_URL is set, but no PostgreSQL responds there (${reason}). Unset it to have one started.`,
    );
  }
}
