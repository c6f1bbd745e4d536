import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findOrInstall } from "./find-program.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "latchkey-programs-"));
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
  addProgram("sudo", 'shift; exec "$@"');
  addProgram("apt-get", `touch ${folder}/finished`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function addProgram(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

test("waits for a package that another process is installing", () => {
  addProgram("promtool", "exit 0");
  addProgram("dpkg", `test -e ${folder}/finished && s=installed || s=unpacked; echo "Status: install ok $s"`);
  expect(findOrInstall("promtool")).toBe("promtool");
  expect(existsSync(join(folder, "finished"))).toBe(true);
});

test("takes a program that is installed, and installs nothing", () => {
  addProgram("promtool", "exit 0");
  addProgram("dpkg", 'echo "Status: install ok installed"');
  expect(findOrInstall("promtool")).toBe("promtool");
  expect(existsSync(join(folder, "finished"))).toBe(false);
});
