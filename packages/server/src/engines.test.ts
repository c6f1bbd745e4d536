import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { requireNode } from "./engines.ts";

test.each(["20.20.2", "22.18.0"])("FR-D2: Node %s is too old (FR-D §3)", (version) => {
  expect(() => requireNode(version)).toThrow(
    `@latchkey/server needs Node 22.19 or newer, and this is Node ${version}. Install a newer Node (npm install --save-dev node@26.10.0, then npx node), or run the platform in another process: @latchkey/sdk runs on Node 20.`,
  );
});

test.each(["22.19.0", "24.0.0", "26.10.0"])("Node %s is new enough", (version) => {
  expect(() => requireNode(version)).not.toThrow();
});

test("FR-D2: the version is that of package.json", () => {
  const file = join(import.meta.dirname, "../package.json");
  expect(JSON.parse(readFileSync(file, "utf8")).engines.node).toBe(">=22.19");
});

test.each(["index.ts", "testing/index.ts", "latchkey.ts", "main.ts"])(
  "FR-D §3: %s checks the version before it loads anything else",
  (file) => {
    const code = readFileSync(join(import.meta.dirname, file), "utf8");
    const [, first] = /^(?:import|export)\b[^"]*"([^"]+)"/m.exec(code) ?? [];
    expect(first).toMatch(/^\.\.?\/engines\.ts$/);
  },
);
