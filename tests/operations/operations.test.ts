import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createTestPlatform } from "@latchkey/server/testing";
import { beforeAll, expect, test } from "vitest";
import { readCode } from "../../tools/check/source-files.ts";
import { findOrInstall } from "../../tools/proxies/find-program.ts";

const root = join(import.meta.dirname, "../..");
const folder = join(root, "packages/server/operations");
const read = (...path: string[]) => readFileSync(join(...path), "utf8");
const rules = read(folder, "alerts.yml");
const dashboard = read(folder, "dashboard.json");
const guide = read(root, "docs/guides/monitor.md");

let promtool: string;
/** The metrics of a server that has served a request. */
let metrics: string;

beforeAll(async () => {
  promtool = findOrInstall("promtool");
  const platform = await createTestPlatform();
  await fetch(`${platform.url}/oauth2/token`, { method: "POST" });
  metrics = await (await fetch(`${platform.url}/metrics`)).text();
  await platform.close();
});

/** What promtool prints when it finds an error; undefined otherwise. */
function complaint(args: readonly string[], input = ""): string | undefined {
  const { status, stderr, stdout } = spawnSync(promtool, args, { cwd: folder, input, encoding: "utf8" });
  return status === 0 ? undefined : `${stdout}${stderr}`;
}

test("FR-B11: promtool accepts the names and types of all metrics", () => {
  expect(complaint(["check", "metrics"], metrics)).toBeUndefined();
});

test("FR-B11: promtool accepts the alert rules, and their tests pass", () => {
  expect(complaint(["check", "rules", "alerts.yml"])).toBeUndefined();
  expect(complaint(["test", "rules", "alerts.test.yml"])).toBeUndefined();
});

test("FR-A14: promtool accepts the configuration of Prometheus", () => {
  expect(complaint(["check", "config", "--syntax-only", "prometheus.yml"])).toBeUndefined();
});

const metricsIn = (text: string) => [...new Set(text.match(/\b(latchkey|process|nodejs)_[a-z0-9_]+\b/g))];
/** The names of the metrics and of their samples, such as `x_bucket`. */
const existing = () =>
  new Set([...metrics.matchAll(/^(?:# TYPE )?([a-z0-9_]+)/gm)].map(([, name]) => name ?? ""));

test.each([
  ["the alert rules", rules],
  ["the tests of the rules", read(folder, "alerts.test.yml")],
  ["the dashboard", dashboard],
  ["the guide", guide.replaceAll("`process_…`, `nodejs_…`", "")],
])("FR-B11: every metric in %s exists", (_, text) => {
  const names = metricsIn(text);
  expect(names.length).toBeGreaterThan(15);
  expect(names.filter((name) => !existing().has(name))).toEqual([]);
});

test("FR-B11: the guide describes every metric of the platform", () => {
  const own = [...metrics.matchAll(/^# TYPE (latchkey_\w+)/gm)].map(([, name]) => name ?? "");
  expect(own.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
});

test("FR-B11: the guide says for every alert what to do, and for no other", () => {
  const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  const described = [...guide.matchAll(/^### (Latchkey\w+)$/gm)].map(([, name]) => name);
  expect(described).toEqual(alerts);
});

test("the guide describes log lines that the server writes", () => {
  const described = [...guide.matchAll(/^\| `([a-z ]+)` \| (?:error|warn|info|debug) /gm)].map(
    ([, line]) => line,
  );
  expect(described).toContain("maintenance failed");
  const source = readCode(root)
    .map(({ text }) => text)
    .join("");
  expect(described.filter((line) => !source.includes(`"${line}"`))).toEqual([]);
});

test("FR-B11: the panels of the dashboard have different titles, queries, and the chosen data source", () => {
  const { panels } = JSON.parse(dashboard) as {
    panels: { type: string; title: string; datasource?: object; targets?: { expr: string }[] }[];
  };
  expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  for (const { datasource, targets } of panels.filter(({ type }) => type !== "row")) {
    expect(datasource).toEqual({ type: "prometheus", uid: "$" + "{datasource}" });
    for (const { expr } of targets ?? []) expect(metricsIn(expr)).not.toEqual([]);
  }
});
