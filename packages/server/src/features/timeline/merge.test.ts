import { expect, test } from "vitest";
import { mergeNewest } from "./merge.ts";

const rows = (...ids: string[]) => ids.map((id) => ({ id }));

test("returns the newest rows of all lists", () => {
  const pages = [{ rows: rows("7", "4", "1") }, { rows: rows("6", "5") }, { rows: [] }];
  expect(mergeNewest(pages, 4)).toEqual({ rows: rows("7", "6", "5", "4") });
  expect(mergeNewest(pages, 9)).toEqual({ rows: rows("7", "6", "5", "4", "1") });
});

test("stops where a list has stopped before its end, and continues there", () => {
  const pages = [{ rows: rows("7"), continueAfter: "5" }, { rows: rows("6", "4", "3") }];
  expect(mergeNewest(pages, 4)).toEqual({ rows: rows("7", "6"), continueAfter: "5" });
});

test("stops at the newest of several stops", () => {
  const pages = [
    { rows: rows("5"), continueAfter: "2" },
    { rows: [], continueAfter: "4" },
    { rows: rows("3") },
  ];
  expect(mergeNewest(pages, 4)).toEqual({ rows: rows("5"), continueAfter: "4" });
});

test("is full before the stop", () => {
  const pages = [{ rows: rows("9", "8") }, { rows: [], continueAfter: "3" }];
  expect(mergeNewest(pages, 2)).toEqual({ rows: rows("9", "8") });
});
