import { expect, test } from "vitest";
import { scanImports } from "./scan-imports.ts";

test.each([
  ['import { a } from "./a.ts";', "value"],
  ['import a, { b as c } from "./a.ts";', "value"],
  ['import * as a from "./a.ts";', "value"],
  ['import "./a.ts";', "value"],
  ['import { type A } from "./a.ts";', "value"],
  ['import {\n  a,\n  b,\n} from "./a.ts";', "value"],
  ['import type { A } from "./a.ts";', "type"],
  ['import type A from "./a.ts";', "type"],
  ['import type from "./a.ts";', "value"],
  ['export { a } from "./a.ts";', "value"],
  ['export * from "./a.ts";', "value"],
  ['export type { A } from "./a.ts";', "type"],
  ['const a = await import("./a.ts");', "dynamic"],
  ['import("./a.ts").then(b);', "dynamic"],
  ['const { A } = (await import("./a.ts")).B;', "dynamic"],
  ['let a: import("./a.ts").A;', "type"],
  ['let a: typeof import("./a.ts");', "type"],
])("finds %s", (source, kind) => {
  expect(
    scanImports({ path: "a.ts", text: source }).map(({ specifier, kind }) => ({ specifier, kind })),
  ).toEqual([{ specifier: "./a.ts", kind }]);
});

test.each([
  ["a comment", '// import { a } from "./a.ts";'],
  ["a string", "const a = 'import \"./a.ts\"';"],
  ["a template", 'const a = `import { a } from "./a.ts";`;'],
  ["a method named import", 'a.import("./a.ts");'],
  ["import.meta", 'import.meta.resolve("./a.ts");'],
  ["an export without a source", 'export const a = "./a.ts";'],
  ["a variable named from", 'export const a = { from: "./a.ts" };'],
])("finds nothing in %s", (_, source) => {
  expect(scanImports({ path: "a.ts", text: source })).toEqual([]);
});

test("returns the lines", () => {
  const source =
    'import { a } from "./a.ts";\n\nimport {\n  b,\n} from "./b.ts";\nexport { c } from "./c.ts";\n';
  expect(
    scanImports({ path: "a.ts", text: source }).map(({ specifier, line }) => `${line} ${specifier}`),
  ).toEqual(["1 ./a.ts", "5 ./b.ts", "6 ./c.ts"]);
});
