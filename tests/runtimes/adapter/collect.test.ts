import { expect, test } from "vitest";
import * as adapter from "./collect.ts";

const fails = (): void => {
  throw new Error("It is wrong.");
};

test("the adapter runs tests with the hooks of their groups, and returns what failed and what is excluded", async () => {
  const steps: string[] = [];
  const step = (text: string) => (): void => void steps.push(text);
  const results = await adapter.runFile(
    async () => {
      adapter.beforeEach(step("before"));
      adapter.test("passes", step("passes"));
      adapter.describe("a group", () => {
        adapter.beforeAll(step("once"));
        adapter.beforeEach(step("before in the group"));
        adapter.afterEach(step("after"));
        adapter.test("fails", fails);
        adapter.test.each([
          ["a", 1],
          ["b", 2],
        ])("%s is %i", (name: string) => step(name)());
      });
      adapter.describe("another group", () => {
        adapter.beforeAll(fails);
        adapter.test("does not run", step("never"));
      });
      adapter.test("is excluded", step("never"));
    },
    (name) => name === "is excluded",
  );
  expect(results.map(({ error, ...result }) => ({ ...result, failed: error?.split("\n")[0] }))).toEqual([
    { name: "passes", failed: undefined },
    { name: "a group > fails", failed: "Error: It is wrong." },
    { name: "a group > a is 1", failed: undefined },
    { name: "a group > b is 2", failed: undefined },
    { name: "another group > does not run", failed: "Error: It is wrong." },
    { name: "is excluded", excluded: true, failed: undefined },
  ]);
  const inGroup = ["before", "before in the group"];
  expect(steps).toEqual([
    ...["before", "passes", "once", ...inGroup, "after"],
    ...[...inGroup, "a", "after", ...inGroup, "b", "after"],
  ]);
});

test("a file that cannot be loaded fails", async () => {
  const results = await adapter.runFile(
    async () => fails(),
    () => false,
  );
  expect(results).toMatchObject([{ name: "", error: expect.stringContaining("It is wrong.") }]);
});
