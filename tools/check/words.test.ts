import { describe, expect, test } from "vitest";
import { createRepository } from "./test-repository.ts";
import { words } from "./words.ts";

const guide = "docs/guides/a.md";
const code = "tools/check/a.ts";

describe("in a document", () => {
  test.each([
    ["Whoever has the token may call.", "Whoever"],
    ["An id that is what is none is refused.", "what is none"],
    ["Keep it, for it is shown once.", "for it"],
    ["The file lies in the data directory.", "lies in"],
    ["The rest stands in the guide.", "stands in"],
    ["It is nobody's.", "nobody's"],
    ["The site, of whom the owner is known.", "of whom"],
    ["The app is told of it.", "is told"],
    ["Mend the endpoint.", "Mend"],
    ["It is no other than the owner.", "no other than"],
    ["A request goes by its path.", "goes by"],
    ["Use `eq` and its like.", "and its like"],
    ["Keep one's own copy.", "one's own"],
    ["The front door counts requests.", "front door"],
    ["Every installation has a token.", "installation"],
    ["The server answers 404.", "answers"],
  ])("refuses %s", async (sentence, found) => {
    const problems = await check({ [guide]: `# Title\n\n${sentence}\n` });
    expect(problems).toEqual([expect.stringContaining(`${guide}:3 “${found}”: write `)]);
  });

  test("finds a phrase on two lines, at the line where it begins", async () => {
    const problems = await check({ [guide]: "Text.\n\nThe file lies\nin the directory.\n" });
    expect(problems).toEqual([`${guide}:3 “lies in”: write is in, is below`]);
  });

  test.each([
    ["code", "Call `answer(whoever)`."],
    ["a block", "```ts\n// whoever\n```"],
    ["the target of a link", "[Here](installations.md)."],
    ["“for” as a preposition", "Ask for it, and for this app."],
    ["a part of a word", "Recommended: amend it."],
  ])("allows %s", async (_, text) => {
    expect(await check({ [guide]: `${text}\n` })).toEqual([]);
  });

  test.each(["README.md", "docs/a.md", ".changeset/a.md"])("checks %s", async (path) => {
    expect(await check({ [path]: "Whoever\n" })).toHaveLength(1);
  });

  test("ignores generated documents", async () => {
    expect(await check({ "docs/reference/compatibility.md": "Whoever\n" })).toEqual([]);
  });
});

describe("in code", () => {
  test.each([
    ["a comment", "// Whoever calls it.\nexport {};\n", 1],
    ["a docstring on two lines", "\n/**\n * Whatever lies\n * in it.\n */\nexport {};\n", 3],
    ["a string", 'export const a = "The app is told of it.";\n', 1],
    ["a replaced term", "// Uses a memo.\nexport {};\n", 1],
    ["a template", "export const a = 1;\nexport const b = `mend ${a}`;\n", 2],
  ])("refuses a banned word in %s", async (_, text, line) => {
    const problems = await check({ [code]: text });
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${code}:${line} “`))]);
  });

  test("refuses words that are banned in packages", async () => {
    const path = "packages/server/src/infrastructure/a.ts";
    expect(await check({ [path]: "// A genuine token of an installation.\nexport {};\n" })).toEqual([
      `${path}:1 “genuine”: write valid, real`,
      `${path}:1 “installation”: write instance`,
    ]);
  });

  test.each([
    ["a word that is banned in packages only", code, "// genuine\nexport {};\n"],
    ["a name", code, "export const mend = 1;\n"],
    ["a word that is banned in documents only", code, "// Returns the answer.\nexport {};\n"],
    ["a test", "tools/check/a.test.ts", "// whoever\nexport {};\n"],
    ["a folder that is not listed", "examples/a.ts", "// whoever\nexport {};\n"],
  ])("allows %s", async (_, path, text) => {
    expect(await check({ [path]: text })).toEqual([]);
  });
});

async function check(files: Readonly<Record<string, string>>): Promise<string[]> {
  using repository = createRepository(files);
  return words.run({ root: repository.root, fix: false });
}
