import { expect, test } from "vitest";
import { readOptions } from "./options.ts";

const none = { json: false, quiet: false, reset: false, shell: undefined };

test.each([
  [[], none],
  [["--quiet", "--json"], { ...none, quiet: true, json: true }],
  [["--reset", "--shell", "powershell"], { ...none, reset: true, shell: "powershell" }],
  [["--help"], undefined],
] as const)("npm start -- %j", (args, options) => {
  expect(readOptions(args)).toEqual(options);
});

test.each([
  [["--quite"], "Unknown option '--quite'"],
  [["quiet"], "Unexpected argument 'quiet'"],
  [["--shell", "fish"], "--shell must be sh or powershell."],
] as const)("npm start -- %j is refused", (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});
