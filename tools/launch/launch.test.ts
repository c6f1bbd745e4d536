import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { birth, deadPid, isRunning } from "./process-ids.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "latchkey-launch-"));
  cpSync(import.meta.dirname, join(root, "tools/launch"), { recursive: true });
  write("package.json", JSON.stringify({ name: "fixture", type: "module", workspaces: ["packages/*"] }));
  write("packages/one/package.json", JSON.stringify({ name: "one", version: "1.0.0" }));
  write(
    "tools/start/main.ts",
    'const words: string[] = process.argv.slice(2);\nconsole.log("started", ...words);\n',
  );
  writeLockfile("1.0.0");
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("a command", () => {
  test("prints its usage and exit code 2 without a known name", async () => {
    for (const args of [[], ["nonsense"], ["toString"]]) {
      const result = await launch({ args });
      expect(result.code).toBe(2);
      expect(result.stderr).toMatch(/^Usage: node tools\/launch\/launch\.js <command>/);
      expect(result.stderr).toMatch(/^ {2}legacy-migration {2}run the example/m);
    }
  });

  test("installs with npm, then runs with its arguments", async () => {
    const result = await launch({ args: ["start", "--port", "1"], env: { npm_config_offline: "true" } });
    expect(result).toMatchObject({ code: 0, stdout: "started --port 1\n" });
    expect(result.stderr).toMatch(
      /^Installing dependencies \(npm ci\), about 30 s the first time \.\.\. done in \d+ s\n$/,
    );
    expect(existsSync(join(root, "node_modules/one/package.json"))).toBe(true);
  });

  test("hands back the exit code of what it ran", async () => {
    write("tools/start/main.ts", "process.exit(7);\n");
    expect((await launch({ npm: fakeNpm() })).code).toBe(7);
  });

  test("shows on a terminal how many packages are installed", async () => {
    const asTerminal = { NODE_OPTIONS: "--import=data:text/javascript,process.stderr.isTTY=true" };
    const result = await launch({
      npm: fakeNpm({ waitsForFile: "go" }),
      env: asTerminal,
      onStderr: (text) => void (text.includes("0 of 1 packages") && write("go", "")),
    });
    expect(result).toMatchObject({ code: 0, stdout: "started\n" });
    expect(result.stderr).toContain("\r\u001b[KInstalling dependencies (npm ci): 0 of 1 packages, 0 s ... ");
    expect(result.stderr).toMatch(/ done in \d+ s\n$/);
  });

  test("passes SIGTERM on and waits for the end", async () => {
    const program = [
      'process.on("SIGTERM", () => { console.log("bye"); process.exit(3); });',
      "setInterval(() => {}, 1000);",
      'console.log("ready");',
    ];
    write("tools/start/main.ts", program.join("\n"));
    const running = launch({
      npm: fakeNpm(),
      onStdout: (text, child) => text === "ready\n" && child.kill("SIGTERM"),
    });
    expect(await running).toMatchObject({ code: 3, stdout: "ready\nbye\n" });
  });

  test("ends when the launcher is killed (FR-D6)", async () => {
    const program = [
      'process.on("SIGTERM", () => { console.log("bye"); process.exit(); });',
      "setInterval(() => {}, 1000);",
      'console.log("ready");',
    ];
    write("tools/start/main.ts", program.join("\n"));
    const running = launch({
      npm: fakeNpm(),
      onStdout: (text, child) => text === "ready\n" && child.kill("SIGKILL"),
    });
    // The pipe closes when the program has ended too.
    expect(await running).toMatchObject({ signal: "SIGKILL", stdout: "ready\nbye\n" });
  });

  test("ends by itself although it is connected to the launcher", async () => {
    write("tools/start/main.ts", 'console.log("connected", process.connected);\n');
    expect(await launch({ npm: fakeNpm() })).toMatchObject({ code: 0, stdout: "connected true\n" });
  });

  test.each(["SIGTERM", "SIGKILL"] as const)("ends with its npm after %s (FR-D6)", async (signal) => {
    const scripts = { start: "node tools/launch/launch.js start" };
    write("package.json", JSON.stringify({ name: "fixture", type: "module", scripts }));
    writeRecord("1.0.0");
    write("tools/start/main.ts", 'setInterval(() => {}, 1000);\nconsole.log("ready");\n');
    const path = `${dirname(process.execPath)}:${process.env.PATH}`;
    const npm = spawn("npm", ["start", "--silent"], {
      cwd: root,
      env: { ...process.env, PATH: path },
      stdio: ["ignore", "pipe", "ignore"],
    });
    npm.stdout.on("data", () => npm.kill(signal));
    // The pipe closes when the last process that writes to it has ended.
    expect(await text(npm.stdout)).toBe("ready\n");
  });
});

describe("the install", () => {
  test("happens once", async () => {
    await launch({ npm: fakeNpm() });
    expect(await launch({ npm: fakeNpm() })).toMatchObject({ code: 0, stdout: "started\n", stderr: "" });
    expect(installs()).toBe(1);
  });

  test("is left out when the developer did it", async () => {
    writeRecord("1.0.0");
    expect(await launch({ npm: fakeNpm() })).toMatchObject({ code: 0, stderr: "" });
    expect(installs()).toBe(0);
  });

  test("happens again when the lockfile changes", async () => {
    await launch({ npm: fakeNpm() });
    writeLockfile("1.0.1");
    write("packages/one/package.json", JSON.stringify({ name: "one", version: "1.0.1" }));
    await launch({ npm: fakeNpm() });
    expect(installs()).toBe(2);
  });

  test("happens again when a package.json asks for something else than the lockfile", async () => {
    await launch({ npm: fakeNpm() });
    write(
      "packages/one/package.json",
      JSON.stringify({ name: "one", version: "1.0.0", dependencies: { two: "2" } }),
    );
    await launch({ npm: fakeNpm() });
    expect(installs()).toBe(2);
  });

  test("happens once for two commands at once: the second says that it waits", async () => {
    const results = await Promise.all([
      launch({ npm: fakeNpm({ waitsForFile: "go" }), onStderr: goWhenBothAreThere() }),
      launch({ npm: fakeNpm({ waitsForFile: "go" }), onStderr: goWhenBothAreThere() }),
    ]);
    expect(results.map((result) => result.stdout)).toEqual(["started\n", "started\n"]);
    const waiting = results.filter((result) => /^Waiting for another command/.test(result.stderr));
    expect(waiting).toHaveLength(1);
    expect(installs()).toBe(1);
    expect(existsSync(join(root, ".latchkey/install.lock"))).toBe(false);
  });

  test("takes over the lock of a dead process", async () => {
    write(".latchkey/install.lock", JSON.stringify([{ pid: await deadPid(), born: "1" }]));
    expect(await launch({ npm: fakeNpm() })).toMatchObject({ code: 0, stdout: "started\n" });
    expect(installs()).toBe(1);
  });

  test("takes over the lock of a dead process whose number another one got", async () => {
    write(".latchkey/install.lock", JSON.stringify([{ pid: process.pid, born: "1" }]));
    expect((await launch({ npm: fakeNpm() })).code).toBe(0);
  });

  test("is done by one of three commands that find the lock of a dead process", async () => {
    write(".latchkey/install.lock", JSON.stringify([{ pid: await deadPid(), born: "1" }]));
    const results = await Promise.all([1, 2, 3].map(() => launch({ npm: fakeNpm() })));
    expect(results.map((result) => result.code)).toEqual([0, 0, 0]);
    expect(installs()).toBe(1);
  });

  test("that was killed is waited for while npm still runs, then done again", async () => {
    let npmPid = 0;
    const killed = await launch({
      npm: fakeNpm({ waitsForFile: "go" }),
      onPoll: (child) => {
        npmPid = pidOfNpm();
        if (npmPid) child.kill("SIGKILL");
      },
    });
    expect(killed.signal).toBe("SIGKILL");
    const next = launch({
      npm: fakeNpm(),
      onStderr: (text) => /^Waiting/.test(text) && process.kill(npmPid, "SIGKILL"),
    });
    expect(await next).toMatchObject({ code: 0, stdout: "started\n" });
    expect((await next).stderr).toMatch(/^Waiting for another command/);
    expect(installs()).toBe(2);
  });

  test("that was stopped half way is done again, even when a record of the one before is there", async () => {
    await launch({ npm: fakeNpm() });
    writeLockfile("1.0.1");
    write("packages/one/package.json", JSON.stringify({ name: "one", version: "1.0.1" }));
    expect((await launch({ npm: fakeNpm({ fails: true }) })).code).toBe(1);
    writeLockfile("1.0.0");
    write("packages/one/package.json", JSON.stringify({ name: "one", version: "1.0.0" }));
    expect((await launch({ npm: fakeNpm() })).code).toBe(0);
    expect(installs()).toBe(3);
  });

  test.each(["SIGINT", "SIGTERM"] as const)(
    "says that it stops after %s, and ends with npm at once (FR-D11)",
    async (signal) => {
      let npmPid = 0;
      const stopped = await launch({
        npm: fakeNpm({ waitsForFile: "go", ignores: signal }),
        onPoll: (child) => {
          if (npmPid === 0 && pidOfNpm()) child.kill(signal);
          npmPid ||= pidOfNpm();
        },
      });
      expect(stopped).toMatchObject({ code: signal === "SIGINT" ? 130 : 143, stdout: "" });
      expect(stopped.stderr).toMatch(/^Installing dependencies .* \.\.\. stopping \.\.\.\n$/);
      expect(() => process.kill(npmPid, 0)).toThrow("ESRCH");
      write("go", "");
      expect(await launch({ npm: fakeNpm() })).toMatchObject({ code: 0, stdout: "started\n" });
    },
  );

  test("ends its install scripts too", async () => {
    const npm = fakeNpm({ waitsForFile: "go", hasScript: true });
    const stopped = await launch({
      npm,
      onPoll: (child) => void (existsSync(join(root, "script")) && child.kill("SIGTERM")),
    });
    expect(stopped.code).toBe(143);
    const script = Number(readFileSync(join(root, "script"), "utf8"));
    await expect.poll(() => isRunning(script), { timeout: 10_000 }).toBe(false);
  });

  test.each(["SIGTERM", "SIGKILL"] as const)(
    "ends with the npm that runs it, after %s (FR-D6)",
    async (signal) => {
      const start = "npm_execpath=$FAKE_NPM node tools/launch/launch.js start";
      write("package.json", JSON.stringify({ name: "fixture", type: "module", scripts: { start } }));
      const path = `${dirname(process.execPath)}:${process.env.PATH}`;
      const npm = spawn("npm", ["start", "--silent"], {
        cwd: root,
        env: { ...process.env, PATH: path, FAKE_NPM: fakeNpm({ waitsForFile: "go" }) },
        stdio: ["ignore", "ignore", "pipe"],
      });
      const poll = setInterval(() => pidOfNpm() && npm.kill(signal), 20);
      npm.once("exit", () => clearInterval(poll));
      // The pipe closes when the last process that writes to it has ended.
      expect(await text(npm.stderr)).toMatch(/ \.\.\. stopping \.\.\.\n$/);
      await expect.poll(() => isRunning(pidOfNpm()), { timeout: 10_000 }).toBe(false);
    },
  );

  test("that waits for another one says that it stops (FR-D11)", async () => {
    write(".latchkey/install.lock", JSON.stringify([{ pid: process.pid, born: birth() }]));
    const stopped = await launch({
      npm: fakeNpm(),
      onStderr: (text, child) => void (/^Waiting/.test(text) && child.kill("SIGINT")),
    });
    expect(stopped).toMatchObject({ code: 130, stdout: "" });
    expect(stopped.stderr).toMatch(/^Waiting for another command .*\nstopping \.\.\.\n$/);
    expect(installs()).toBe(0);
  });

  test("that fails shows what npm said, and the next command tries again", async () => {
    const failed = await launch({ npm: fakeNpm({ fails: true }) });
    expect(failed).toMatchObject({ code: 1, stdout: "" });
    expect(failed.stderr).toContain("npm says no\n");
    expect(failed.stderr).toMatch(/Could not install the dependencies: npm ci ended with 9\.\n$/);
    expect((await launch({ npm: fakeNpm() })).code).toBe(0);
  });
});

interface Launch {
  args?: string[];
  env?: Record<string, string>;
  npm?: string;
  onStdout?: (text: string, child: ReturnType<typeof spawn>) => void;
  onStderr?: (text: string, child: ReturnType<typeof spawn>) => void;
  onPoll?: (child: ReturnType<typeof spawn>) => void;
}

interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

function launch({ args = ["start"], env = {}, npm, onStdout, onStderr, onPoll }: Launch): Promise<Outcome> {
  const child = spawn(process.execPath, [join(root, "tools/launch/launch.js"), ...args], {
    env: { ...process.env, ...env, ...(npm ? { npm_execpath: npm } : {}) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    onStdout?.(text, child);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    onStderr?.(text, child);
  });
  const poll = onPoll && setInterval(() => onPoll(child), 20);
  return new Promise((resolve) => {
    child.on("exit", () => clearInterval(poll));
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** An npm that notes each install and leaves the record that npm leaves. */
function fakeNpm({ waitsForFile = "", fails = false, ignores = "", hasScript = false } = {}): string {
  const name = `npm-${waitsForFile}-${fails}-${ignores}-${hasScript}`;
  const program = `
    const fs = require("node:fs");
    if (${ignores !== ""}) process.on("${ignores}", () => {});
    if (${hasScript}) {
      const script = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
      fs.writeFileSync("script.new", String(script.pid));
      fs.renameSync("script.new", "script");
    }
    fs.appendFileSync("installs", process.pid + "\\n");
    if (${fails}) { console.log("npm says no"); process.exit(9); }
    const finish = () => {
      if (${waitsForFile !== ""} && !fs.existsSync("${waitsForFile}")) return setTimeout(finish, 20);
      fs.mkdirSync("node_modules", { recursive: true });
      fs.copyFileSync("package-lock.json", "node_modules/.package-lock.json");
    };
    finish();`;
  write(`${name}/package.json`, "{}");
  return write(`${name}/npm-cli.js`, program);
}

function goWhenBothAreThere(): (text: string) => void {
  return (text) => {
    if (/^Waiting/.test(text)) write("go", "");
  };
}

function installs(): number {
  return pidsOfNpm().length;
}

function pidOfNpm(): number {
  const [pid = 0] = pidsOfNpm();
  const lock = join(root, ".latchkey/install.lock");
  return pid && existsSync(lock) && readFileSync(lock, "utf8").includes(`"pid":${pid}`) ? pid : 0;
}

function pidsOfNpm(): number[] {
  const file = join(root, "installs");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map(Number) : [];
}

function writeLockfile(version: string): void {
  const packages = {
    "": { name: "fixture", workspaces: ["packages/*"] },
    "node_modules/one": { resolved: "packages/one", link: true },
    "packages/one": { name: "one", version },
  };
  write(
    "package-lock.json",
    JSON.stringify({ name: "fixture", lockfileVersion: 3, requires: true, packages }),
  );
}

function writeRecord(version: string): void {
  const packages = {
    "node_modules/one": { resolved: "packages/one", link: true },
    "packages/one": { name: "one", version },
  };
  write("node_modules/.package-lock.json", JSON.stringify({ lockfileVersion: 3, packages }));
}

function write(path: string, text: string): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}
