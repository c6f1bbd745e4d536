import { expect, test } from "vitest";
import { maskSource } from "./mask-source.ts";

test.each([
  ["a comment to the end of the line", "a; // b 'c\nd;", "a;        \nd;"],
  ["a comment over lines", "a /* b\n c */ d", "a     \n      d"],
  ["a string with an escaped quote", String.raw`a("b\"c", 'd')`, `a("    ", ' ')`],
  ["a string that does not end", "a = 'b\nc", "a = ' \nc"],
  ["a template", "a(`b // c`)", "a(`      `)"],
  ["the code inside a template", "a(`b ${ c('d') + `e${f}` } g`)", "a(`  ${ c(' ') + ` ${f}` }  `)"],
  ["braces inside the code of a template", "`a${ { b: {} } }c`; d", "` ${ { b: {} } } `; d"],
  ["an escaped template", "`a\\`b\\${c`; d", "`        `; d"],
  ["a regular expression with quotes", "a.match(/['\"]/); b", "a.match(/    /); b"],
  ["a regular expression with a slash in brackets", "x = /[/]'/g; y", "x = /    /g; y"],
  ["a regular expression after a keyword", "return /'/.test(a)", "return / /.test(a)"],
  ["divisions", "a / b / c; (a) / 'd'", "a / b / c; (a) / ' '"],
  ["a slash in a string", "a('//b'); c", "a('   '); c"],
])("blanks %s", (_, source, expected) => {
  expect(maskSource(source)).toBe(expected);
});
