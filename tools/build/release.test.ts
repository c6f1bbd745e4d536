import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const workflow = read(".github/workflows/release.yml");
const publish = read(".github/publish.sh");

test("the release runs scripts that exist, and publishes by the script that writes the address of the repository", () => {
  const scripts = JSON.parse(read("package.json")).scripts;
  const named = [...`${workflow}${publish}`.matchAll(/npm run ([\w:]+)/g)].map(([, name = ""]) => name);
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
  expect(workflow).toContain("publish: sh .github/publish.sh\n");
  expect(publish).toContain("npm run build -- --repository ");
});

test("the release describes the dependencies of every package that it publishes", () => {
  const published = readdirSync(join(root, "packages")).filter(
    (name) => JSON.parse(read(`packages/${name}/package.json`)).private !== true,
  );
  const [, described = ""] = /for name in ([\w ]+); do\n +npm sbom /.exec(workflow) ?? [];
  expect(described.split(" ").sort()).toEqual(published.sort());
});

test("only the job that publishes may write, and it has no token of npm", () => {
  expect(workflow).toContain("\npermissions: {}\n");
  expect(workflow.match(/: write/g)).toHaveLength(3);
  expect(workflow).not.toMatch(/NPM_TOKEN|NODE_AUTH_TOKEN/);
});
