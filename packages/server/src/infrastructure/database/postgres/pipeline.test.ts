import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openPipeline, type Pipeline } from "./pipeline.ts";

const connectionString = process.env.TEST_DATABASE_URL ?? "";
let errors: Error[];
let pipeline: Pipeline;

beforeEach(() => {
  errors = [];
  pipeline = openPipeline(
    () => new pg.Client({ connectionString, pipeline: true }),
    (error) => errors.push(error),
  );
});
afterEach(() => pipeline.end());

const number = (value: number) =>
  pipeline.run({ name: "number", text: "select $1::integer as number", values: [value] });
const backend = async (): Promise<number> => {
  const [row] = (await pipeline.run({ text: "select pg_backend_pid() as pid" })) as { pid: number }[];
  return row?.pid ?? 0;
};
const kill = async (pid: number) => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query("select pg_terminate_backend($1)", [pid]);
  await client.end();
};

test("each of many queries at once gets its own result over one connection", async () => {
  const numbers = Array.from({ length: 500 }, (_, index) => index);
  const [responses, pids] = await Promise.all([
    Promise.all(numbers.map(number)),
    Promise.all(numbers.slice(0, 5).map(backend)),
  ]);
  expect(responses).toEqual(numbers.map((value) => [{ number: value }]));
  expect(new Set(pids).size).toBe(1);
});

test("a query that fails does not affect others", async () => {
  const outcomes = await Promise.allSettled([
    number(1),
    pipeline.run({ name: "broken", text: "select 1 / $1::integer as number", values: [0] }),
    number(2),
  ]);
  expect(outcomes).toMatchObject([
    { value: [{ number: 1 }] },
    { reason: { code: "22012" } },
    { value: [{ number: 2 }] },
  ]);
});

test("queries in flight fail when the connection is lost, and the next query opens another", async () => {
  const pid = await backend();
  const sleeping = pipeline.run({ text: "select pg_sleep(60)" });
  const behind = number(1);
  const lost = Promise.allSettled([sleeping, behind]);
  await kill(pid);
  expect((await lost).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await number(2)).toEqual([{ number: 2 }]);
  expect(await backend()).not.toBe(pid);
});

test("a connection that breaks while idle is reported, and the next query opens another", async () => {
  const pid = await backend();
  await kill(pid);
  await expect.poll(() => errors.length).toBeGreaterThan(0);
  expect(await number(3)).toEqual([{ number: 3 }]);
});

test("after a failed connection the next query connects again", async () => {
  const nowhere = openPipeline(
    () => new pg.Client({ host: "127.0.0.1", port: 1, user: "latchkey" }),
    () => {},
  );
  const unavailable = { code: "UNAVAILABLE", cause: { code: "ECONNREFUSED" } };
  await expect(nowhere.run({ text: "select 1" })).rejects.toMatchObject(unavailable);
  await expect(nowhere.run({ text: "select 1" })).rejects.toMatchObject(unavailable);
  await nowhere.end();
});
