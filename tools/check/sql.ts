import type { Check } from "./check.ts";
import { visitSource } from "./parse-source.ts";
import { isTest, lineAt, readCode, type SourceFile } from "./source-files.ts";

const checkedFolders = ["packages/server/src/", "packages/stores/src/"];

/** The drivers and the migrations. */
const databaseFolder = "packages/server/src/infrastructure/database/";

const builderCalls = new Set(["selectFrom", "insertInto", "updateTable", "deleteFrom", "replaceInto"]);

/** SQL is only in files with the suffix `.queries.ts`, in tests and in the database folder. */
export const sql: Check = {
  name: "sql",
  async run({ root }) {
    return readCode(root)
      .filter(({ path }) => checkedFolders.some((folder) => path.startsWith(folder)))
      .filter(
        ({ path }) => !path.endsWith(".queries.ts") && !path.startsWith(databaseFolder) && !isTest(path),
      )
      .flatMap(findSql);
  },
};

function findSql(file: SourceFile): string[] {
  const found: string[] = [];
  const add = (what: string, start: number): void => {
    found.push(`${file.path}:${lineAt(file.text, start)} ${what}: move SQL to a file named *.queries.ts`);
  };
  visitSource(file, {
    CallExpression({ callee }) {
      if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return;
      if (builderCalls.has(callee.property.name)) add(callee.property.name, callee.property.start);
    },
    TaggedTemplateExpression({ tag, start }) {
      if (tag.type === "Identifier" && tag.name === "sql") add("sql``", start);
    },
    MemberExpression({ object, start }) {
      if (object.type === "Identifier" && object.name === "sql") add("sql", start);
    },
  });
  return [...new Set(found)];
}
