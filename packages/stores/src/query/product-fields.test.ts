import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { operatorsFor } from "./fields.ts";
import { productEntity } from "./product-fields.ts";

const document = readFileSync(
  new URL("../../../../docs/reference/product-queries.md", import.meta.url),
  "utf8",
);

/** The rows of the table below a heading, as cells without code marks. */
function tableUnder(heading: string): string[][] {
  const part = document.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? "";
  const rows = part.split("\n").filter((line) => line.startsWith("| "));
  return rows.slice(2).map((row) =>
    row
      .replaceAll("`", "")
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test("the document has the operators of each kind of field", () => {
  const kinds = tableUnder("Operators").map(([kind = "", operators = ""]) => [kind, operators.split(" ")]);
  expect(Object.fromEntries(kinds)).toEqual(operatorsFor);
});

test("the document has every field with its operators, and whether it is sortable", () => {
  const { fields } = productEntity;
  const known = fields.names.map((name) => {
    const field = fields.find(name.replace("<name>", "Size"));
    const kind = Object.entries(operatorsFor).find(([, operators]) => operators === field?.operators)?.[0];
    return [name, kind, field?.type === "column" && field.sortable ? "yes" : "no"];
  });
  expect(tableUnder("Fields")).toEqual(known);
});
