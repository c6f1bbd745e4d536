import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../tools/free-port.ts";
import { childFlags } from "../../tools/test/responses/child-process.ts";
import { readDocument, root } from "./documents.ts";
import { looksLike } from "./shown-output.ts";

const lastWords = "start again with: npm start\n";
let directory: string;
let output: string;
let exitCode: number | null;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "latchkey-start-"));
  const port = await freePort();
  const child = startIn(directory, port);
  output = (await outputUntil(child, lastWords)).replaceAll(`127.0.0.1:${port}`, "127.0.0.1:4400");
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  exitCode = await ended;
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("npm start prints the output in the README", () => {
  const shown = readDocument("README.md").blocks.find(({ tags }) => tags.includes("npm-start")) ?? {
    text: "",
  };
  expect(looksLike(shown.text, output), output).toBe(true);
});

test("npm start writes credentials to a file for its owner only, and prints none", () => {
  expect(output).toContain("Credentials  .latchkey/demo.env\n");
  expect(existsSync(join(directory, ".latchkey/demo.env"))).toBe(true);
  expect(statSync(join(directory, ".latchkey/demo.env")).mode & 0o777).toBe(0o600);
  expect(output).not.toMatch(/lks_|eyJ/);
});

test("npm start prints how to start over", () => {
  expect(output).toContain("\nTo start over with an empty platform: stop it, then npm start -- --reset\n");
});

test("npm start exits with code 0 at a signal", () => {
  expect(exitCode).toBe(0);
});

/** Starts the program as the launcher does, in a separate directory. */
function startIn(cwd: string, port: number): ChildProcess {
  const env = { PATH: process.env.PATH, PORT: String(port) };
  return spawn(process.execPath, [...childFlags(), join(root, "tools/start/main.ts")], { cwd, env });
}

function outputUntil(child: ChildProcess, end: string): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (more: string) => {
        text += more;
        if (text.endsWith(end)) resolve(text);
      });
    }
    child.once("exit", (code) => reject(new Error(`npm start ended with ${code}:\n${text}`)));
  });
}
