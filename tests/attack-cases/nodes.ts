import { randomBytes } from "node:crypto";
import { createPlatform, listen, type Platform, readConfig } from "@latchkey/server";
import { stores } from "@latchkey/stores";
import { createSchema } from "@latchkey/test-support/postgres-schema";

/** A server with its own sockets, connections and memory, in the process of the test. */
export interface Node {
  readonly url: string;
  readonly platform: Platform;
}

/** Nodes that share one PostgreSQL database. */
export interface Nodes {
  readonly nodes: readonly Node[];
  readonly adminKey: string;
  close(): Promise<void>;
}

/** Starts nodes on a new schema, with the system clock. */
export async function startNodes(count: number): Promise<Nodes> {
  const schema = await createSchema();
  const adminKey = randomBytes(32).toString("base64");
  const config = readConfig({
    LATCHKEY_ENV: "development",
    LATCHKEY_PUBLIC_URL: "http://localhost:4400",
    LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    LATCHKEY_ADMIN_KEY: adminKey,
    LATCHKEY_LOG_LEVEL: "silent",
    DATABASE_URL: schema.url,
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
    adminKey,
    async close() {
      for (const { platform, server } of started) {
        await server.stop(0);
        await platform.close();
      }
      await schema.drop();
    },
  };
}
