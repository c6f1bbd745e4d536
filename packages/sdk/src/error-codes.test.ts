import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorCodes } from "./errors.ts";

test("the document of errors has every code of this package, in order, with when it happens and what to do", () => {
  const document = readFileSync(new URL("../../../docs/reference/errors.md", import.meta.url), "utf8");
  const part = document.split("\n## Errors of the SDK\n")[1] ?? "";
  const entries = [...part.matchAll(/^### (\w+)\n- When: \S.+\.\n- Do: \S.+\.$/gm)];
  expect(entries.map(([, code]) => code)).toEqual(errorCodes);
});
