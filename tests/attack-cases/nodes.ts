import { randomBytes, randomUUID } from "node:crypto";
import { createPlatform, listen, type Platform, readConfig } from "@latchkey/server";
import { stores } from "@latchkey/stores";
import pg from "pg";

/** One of several server processes in all but the process: its own sockets, connections and memory. */
export interface Node {
  readonly url: string;
  readonly platform: Platform;
}

/** Nodes that share one PostgreSQL database. */
export interface Nodes {
  readonly nodes: readonly Node[];
  close(): Promise<void>;
}

/** Starts nodes on a schema of their own, as the machine's clock runs. */
export async function startNodes(count: number): Promise<Nodes> {
  const schema = `nodes_${randomUUID().replaceAll("-", "")}`;
  await run(`CREATE SCHEMA ${schema}`);
  const databaseUrl = new URL(process.env.TEST_DATABASE_URL ?? "");
  databaseUrl.searchParams.set("schema", schema);
  const config = readConfig({
    LATCHKEY_ENV: "development",
    LATCHKEY_PUBLIC_URL: "http://localhost:4400",
    LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    LATCHKEY_ADMIN_KEY: randomBytes(32).toString("base64"),
    LATCHKEY_LOG_LEVEL: "silent",
    DATABASE_URL: databaseUrl.href,
  });
  const started = await Promise.all(
    Array.from({ length: count }, async () => {
      const platform = await createPlatform(config, { resources: [stores] });
      const server = await listen(platform, { host: "127.0.0.1", port: 0 });
      return { url: `http://127.0.0.1:${server.port}`, platform, server };
    }),
  );
  return {
    nodes: started,
    async close() {
      for (const { platform, server } of started) {
        await server.stop(0);
        await platform.close();
      }
      await run(`DROP SCHEMA ${schema} CASCADE`);
    },
  };
}

async function run(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
