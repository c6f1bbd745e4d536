import { expect, test } from "vitest";
import { commandFor } from "./windows-command.ts";

const env = { PATH: "C:\\tools;C:\\node js", PATHEXT: ".EXE;.CMD", ComSpec: "C:\\cmd.exe" };
const has =
  (...files: string[]) =>
  (file: string) =>
    files.includes(file);

test("starts an .exe file of PATH as it is", () => {
  const command = commandFor({ program: "node", args: ["a b.js"], env }, has("C:\\node js\\node.EXE"));
  expect(command).toEqual({ program: "C:\\node js\\node.EXE", args: ["a b.js"] });
});

test("leaves a program that is not found to the system, which names it in its error", () => {
  expect(commandFor({ program: "nope", args: [], env }, has())).toEqual({ program: "nope", args: [] });
});

test("runs a .cmd file in the command interpreter, with its arguments quoted", () => {
  const given = { program: "npm", args: ["run", "say", 'a "b" & %c%\\'], env };
  expect(commandFor(given, has("C:\\node js\\npm.CMD"))).toEqual({
    program: "C:\\cmd.exe",
    args: [
      ...["/d", "/s", "/c"],
      '"C:\\node^ js\\npm.CMD ^^^"run^^^" ^^^"say^^^" ^^^"a^^^ \\^^^"b\\^^^"^^^ ^^^&^^^ ^^^%c^^^%\\\\^^^""',
    ],
    options: { windowsVerbatimArguments: true },
  });
});
