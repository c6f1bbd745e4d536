import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyLicense } from "../build/build.ts";
import { writeRepository } from "../build/repository.ts";
import { isTestSupport } from "./source-files.ts";
import { createRepository } from "./test-repository.ts";

const root = join(import.meta.dirname, "..", "..");
const packages = join(root, "packages");
const manifestOf = (name: string) => JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8"));

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

const published = readdirSync(packages).filter((name) => manifestOf(name).private !== true);

test.each(published)(
  "FR-D2: the tarball of %s has README, license and source, and nothing that only tests use",
  (name) => {
    copyLicense(root, name);
    const files = publishedFiles(name);
    expect(files).toEqual(expect.arrayContaining(["README.md", "LICENSE", "package.json"]));
    const known =
      /^(README\.md|LICENSE|package\.json|(src|dist|vectors|migrations|dashboard|operations|jest)\/.+)$/;
    expect(files.filter((path) => !known.test(path))).toEqual([]);
    expect(files).toContain("src/index.ts");
    expect(files.filter((path) => path.includes(".test."))).toEqual([]);
    expect(files.filter((path) => isTestSupport(`packages/${name}/${path}`))).toEqual([]);
  },
);

test("the tarball of server has the built dashboard", () => {
  const files = publishedFiles("server").filter((path) => path.startsWith("dashboard/"));
  expect(files).toContain("dashboard/index.html");
  expect(files.filter((path) => path.endsWith(".js")).length).toBeGreaterThan(0);
});

test.each(published)("FR-D2: npm finds %s by its keywords, and shows license and description", (name) => {
  const { description, keywords, license } = manifestOf(name);
  expect([license, keywords[0], keywords.length > 3]).toEqual(["Apache-2.0", "latchkey", true]);
  expect(description).toMatch(/^[A-Z].+\.$/);
});

test("FR-D2: a release writes the address of the repository that publishes it into the manifests", () => {
  using repository = createRepository({ "packages/sdk/package.json": '{ "name": "@latchkey/sdk" }' });
  writeRepository(repository.root, "https://git.example.com/team/latchkey", ["sdk"]);
  const manifest = readFileSync(join(repository.root, "packages/sdk/package.json"), "utf8");
  expect(JSON.parse(manifest)).toEqual({
    name: "@latchkey/sdk",
    homepage: "https://git.example.com/team/latchkey/tree/main/packages/sdk#readme",
    bugs: "https://git.example.com/team/latchkey/issues",
    repository: {
      type: "git",
      url: "git+https://git.example.com/team/latchkey.git",
      directory: "packages/sdk",
    },
  });
  expect(() => writeRepository(repository.root, "git@git.example.com:team/latchkey.git")).toThrow(
    "The repository must be an https URL without .git, such as https://github.com/owner/name.",
  );
});
