import { expect, test } from "vitest";
import { runLatchkey } from "./latchkey-process.ts";
import { createStorage } from "./storage.ts";

test.each(["sqlite", "postgres"] as const)(
  "latchkey migrate needs no keys, and applies each migration once on %s (FR-B4)",
  async (engine) => {
    const storage = await createStorage(engine);
    const migrate = (...args: string[]) => runLatchkey(["migrate", ...args], storage.environment);
    expect(await migrate("--json")).toEqual({
      code: 0,
      stderr: "",
      stdout: '{"applied":["platform 0001-schema.sql"]}\n',
    });
    expect(await migrate()).toEqual({ code: 0, stderr: "", stdout: "The database is up to date.\n" });
    const restored = await runLatchkey(["restore"], storage.environment);
    expect([restored.code, restored.stderr]).toEqual([
      1,
      "latchkey: no_platform: This database contains no platform: no server has used it.\n",
    ]);
    await storage.remove();
  },
);

test("latchkey --help lists the commands, and a wrong one ends with exit code 2", async () => {
  expect((await runLatchkey(["--help"], {})).stdout).toMatch(
    /^Usage: latchkey <command> \[options\]\n\n {2}dev .*\n {2}serve .*\n {2}run .*\n {2}state .*\n {2}migrate .*\n {2}restore .*\n {2}migrate-tokens .*\n {2}audit-export /,
  );
  expect((await runLatchkey(["restore", "--help"], {})).stdout).toContain(
    "--disable-apps  Disable every app",
  );
  expect(await runLatchkey(["serf"], {})).toEqual({
    code: 2,
    stdout: "",
    stderr:
      "latchkey: invalid_command: The command is not valid. Run latchkey --help. There is no command serf. " +
      "Commands: dev, serve, run, state, migrate, restore, migrate-tokens, audit-export.\n",
  });
  expect((await runLatchkey(["migrate", "--force"], {})).code).toBe(2);
});
