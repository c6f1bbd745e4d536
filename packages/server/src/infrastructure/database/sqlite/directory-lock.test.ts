import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestDirectory } from "../../../testing/test-database.ts";
import { openDatabase } from "../index.ts";
import { lockDirectory } from "./directory-lock.ts";

let directory: string;
let remove: () => Promise<void>;
const children: ChildProcess[] = [];

beforeEach(() => {
  ({ directory, remove } = openTestDirectory());
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await remove();
});

/** Starts a process that tries to get the lock, prints the result and keeps running. */
async function contender(): Promise<{ child: ChildProcess; said: string }> {
  const script = `
    const { lockDirectory } = await import(${JSON.stringify(join(import.meta.dirname, "directory-lock.ts"))});
    try { lockDirectory(process.argv[1]); gc(); console.log("held"); }
    catch (error) { console.log(error.code + ": " + error.message); }
    setInterval(() => {}, 1000);`;
  const child = spawn(
    process.execPath,
    ["--conditions=latchkey-source", "--expose-gc", "--input-type=module", "-e", script, directory],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  children.push(child);
  const [said] = await once(child.stdout, "data");
  return { child, said: String(said).trim() };
}

const held = (pid: number | undefined): string =>
  `data_directory_in_use: Another process is using this data directory. ${directory} is locked by another Latchkey ` +
  `(process ${pid}). Stop it, or set LATCHKEY_DATA_DIR to another directory.`;

test("a directory belongs to one process, and the error names it", async () => {
  const first = await contender();
  expect(first.said).toBe("held");
  expect((await contender()).said).toBe(held(first.child.pid));
  expect(() => lockDirectory(directory)).toThrow(
    `${directory} is locked by another Latchkey (process ${first.child.pid})`,
  );
});

test("of two processes that start at once exactly one gets the lock", async () => {
  const both = await Promise.all([contender(), contender()]);
  const [winner] = both.filter(({ said }) => said === "held");
  const [loser] = both.filter(({ said }) => said !== "held");
  expect(winner?.said).toBe("held");
  expect(loser?.said).toMatch(/^data_directory_in_use: /);
});

test("kill -9 of the holder releases the lock, whatever lock.pid contains", async () => {
  const first = await contender();
  first.child.kill("SIGKILL");
  await once(first.child, "exit");
  const second = await contender();
  expect(second.said).toBe("held");
  expect((await contender()).said).toBe(held(second.child.pid));
});

test("the lock is free after its release", () => {
  lockDirectory(directory).release();
  lockDirectory(directory).release();
});

test("one process opens a directory once", async () => {
  const first = openDatabase(`sqlite:${directory}`, () => {});
  expect(() => openDatabase(`sqlite:${directory}`, () => {})).toThrow(
    expect.objectContaining({ code: "data_directory_in_use" }),
  );
  await first.close();
  await openDatabase(`sqlite:${directory}`, () => {}).close();
});

test("a holder that has not written its process id yet has the lock", async () => {
  await contender();
  rmSync(join(directory, "lock.pid"));
  expect((await contender()).said).toBe(
    `data_directory_in_use: Another process is using this data directory. ${directory} is locked by another Latchkey. ` +
      "Stop it, or set LATCHKEY_DATA_DIR to another directory.",
  );
});

test("a database that cannot be opened leaves the directory free", async () => {
  const file = join(directory, "latchkey.db");
  writeFileSync(file, "this is no database, and long enough to be read as one ".repeat(20));
  expect(() => openDatabase(`sqlite:${directory}`, () => {})).toThrow(
    expect.objectContaining({
      message: `${file} cannot be opened.`,
      cause: expect.objectContaining({ message: "file is not a database" }),
    }),
  );
  writeFileSync(file, "");
  await openDatabase(`sqlite:${directory}`, () => {}).close();
});

test("an unusable lock file is not reported as a held lock", () => {
  writeFileSync(join(directory, "lock.db"), "garbage ".repeat(200));
  expect(() => lockDirectory(directory)).toThrow(`${join(directory, "lock.db")} cannot be opened.`);
});
