import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "latchkey-test-"));
  writeFileSync(join(root, "vitest.config.mjs"), "export default { test: { globals: true } };");
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

test.each([
  ["passes", "test('a', () => {}); test('b', () => {});", "2 passed, 0 failed, 0 skipped", 0],
  ["a test fails", "test('a', () => {}); test('b', () => { throw 1; });", "1 passed, 1 failed, 0 skipped", 1],
  ["a test is skipped", "test('a', () => {}); test.skip('b', () => {});", "1 passed, 0 failed, 1 skipped", 0],
  ["a test is to do", "test('a', () => {}); test.todo('b');", "1 passed, 0 failed, 1 skipped", 0],
  ["nothing ran", "test.skip('a', () => {});", "0 passed, 0 failed, 1 skipped", 1],
  ["a file does not load", "throw new Error('no');", "0 passed, 1 failed, 0 skipped", 1],
  ["a file has no test", "", "0 passed, 1 failed, 0 skipped", 1],
  [
    "the preparation of a group fails",
    "test('a', () => {}); describe('g', () => { beforeAll(() => { throw 1; }); test('b', () => {}); });",
    "1 passed, 1 failed, 1 skipped",
    1,
  ],
  [
    "a promise is left to fail",
    "test('a', () => { Promise.reject(new Error('stray')); });",
    "1 passed, 1 failed, 0 skipped",
    1,
  ],
])("ends with the numbers and the exit code when %s", (_, source, line, code) => {
  writeFileSync(join(root, "sample.test.mjs"), source);
  expect(run()).toEqual({ line, code });
});

test("fails when no file matches", () => {
  expect(run("nothing-like-this")).toEqual({ line: "0 passed, 0 failed, 0 skipped", code: 1 });
});

test("fails when the preparation of the run fails", () => {
  writeFileSync(join(root, "sample.test.mjs"), "test('a', () => {});");
  writeFileSync(join(root, "prepare.mjs"), "export default () => { throw new Error('no database'); };");
  const config = "export default { test: { globals: true, globalSetup: ['prepare.mjs'] } };";
  writeFileSync(join(root, "vitest.config.mjs"), config);
  const { line, code } = run();
  expect(line).toMatch(/^0 passed, \d failed, 0 skipped$/);
  expect(code).toBe(1);
});

test("fails on an unknown option", () => {
  expect(run("--no-such-option")).toEqual({ line: "0 passed, 0 failed, 0 skipped", code: 1 });
});

test("runs only the files that the arguments name", () => {
  writeFileSync(join(root, "one.test.mjs"), "test('a', () => {});");
  writeFileSync(join(root, "two.test.mjs"), "test('b', () => {});");
  expect(run("one")).toEqual({ line: "1 passed, 0 failed, 0 skipped", code: 0 });
});

function run(...args: string[]): { line: string | undefined; code: number | null } {
  const main = join(import.meta.dirname, "main.ts");
  const { stdout, status } = spawnSync(process.execPath, [main, ...args], { cwd: root, encoding: "utf8" });
  return { line: stdout.trimEnd().split("\n").at(-1), code: status };
}
