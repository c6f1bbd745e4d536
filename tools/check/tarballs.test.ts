import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isTestSupport } from "./source-files.ts";

const packages = join(import.meta.dirname, "..", "..", "packages");

/** Paths of the files that npm would publish, from the folder of the package. */
function publishedFiles(name: string): string[] {
  const output = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: join(packages, name),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [tarball] = Object.values(JSON.parse(output)) as { files: { path: string }[] }[];
  return (tarball?.files ?? []).map(({ path }) => path);
}

const published = readdirSync(packages).filter(
  (name) => JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")).private !== true,
);

test.each(published)("the tarball of %s has its source, no test and no support of tests", (name) => {
  const files = publishedFiles(name);
  expect(files).toContain("src/index.ts");
  expect(files.filter((path) => path.includes(".test."))).toEqual([]);
  expect(files.filter((path) => isTestSupport(`packages/${name}/${path}`))).toEqual([]);
});

test("the tarball of server has the built dashboard", () => {
  const files = publishedFiles("server").filter((path) => path.startsWith("dashboard/"));
  expect(files).toContain("dashboard/index.html");
  expect(files.filter((path) => path.endsWith(".js")).length).toBeGreaterThan(0);
});
