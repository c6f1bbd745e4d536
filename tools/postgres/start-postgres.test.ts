import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { expect, test } from "vitest";
import { startPostgres } from "./start-postgres.ts";

test("starts a PostgreSQL that keeps its data over a stop, and is gone after close", async () => {
  const postgres = await startPostgres();
  expect(postgres.url).toMatch(/^postgres:\/\/latchkey:[0-9a-f]{32}@127\.0\.0\.1:\d+\/postgres$/);
  const directory = await ask(postgres.url, "SELECT current_setting('data_directory') AS answer");
  expect(directory.startsWith(join(tmpdir(), "latchkey-postgres-"))).toBe(true);
  await ask(postgres.url, "CREATE TABLE kept AS SELECT 'data' AS answer");

  await postgres.stop();
  await expect(ask(postgres.url, "SELECT 1 AS answer")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await postgres.start();
  expect(await ask(postgres.url, "SELECT answer FROM kept")).toBe("data");

  await postgres.close();
  await expect(ask(postgres.url, "SELECT 1 AS answer")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  expect(existsSync(directory)).toBe(false);
});

test("sorts like a dictionary, so that a query without a collation of its own is found out", async () => {
  const sorted =
    "SELECT string_agg(word, ' ' ORDER BY word) AS answer FROM unnest(ARRAY['B', 'a', 'C']) AS word";
  expect(await ask(process.env.TEST_DATABASE_URL ?? "", sorted)).toBe("a B C");
});

test("ends with the process that wanted it, even when that is killed", async () => {
  const program = `
    import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, "start-postgres.ts"))};
    const { url } = await startPostgres();
    console.log(url);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve) => {
    child.stdout.setEncoding("utf8").once("data", (text: string) => resolve(text.trim()));
  });
  const directory = await ask(url, "SELECT current_setting('data_directory') AS answer");
  child.kill("SIGKILL");
  const home = join(directory, "..");
  while (existsSync(home)) await wait(20);
  await expect(ask(url, "SELECT 1 AS answer")).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

async function ask(url: string, question: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ answer: string }>(question);
    return rows[0]?.answer ?? "";
  } finally {
    await client.end();
  }
}
