import { afterAll, expect, test } from "vitest";
import { createManualClock } from "../../../infrastructure/clock/index.ts";
import type { JsonSchema } from "./plugin-type.ts";
import { SchemaChecker } from "./schema-checker.ts";

const clock = createManualClock(1_767_323_045_678);
const schemas = new SchemaChecker(clock);
afterAll(() => schemas.close());

/** Takes far longer than anybody waits. */
const catastrophic: JsonSchema = { properties: { text: { pattern: "^(a|a)*$" } } };
const hostile = { text: `${"a".repeat(60)}!` };

/** Each part refers twice to the next one. */
function doubling(depth: number): JsonSchema {
  const names = Array.from({ length: depth }, (_, index) => `part${index}`);
  const parts = names.map((name, index) => {
    const next = { $ref: `#/$defs/part${index + 1}` };
    return [name, { allOf: [next, next] }];
  });
  return { $ref: "#/$defs/part0", $defs: { ...Object.fromEntries(parts), [`part${depth}`]: {} } };
}

test("a cheap check returns the violations of a value", async () => {
  const schema = { required: ["name"], properties: { age: { type: "integer" } } };
  expect(await schemas.check(schema, { name: "Ada", age: 36 }, "app")).toEqual([]);
  expect(await schemas.check(schema, { age: "old" }, "app")).toEqual([
    { field: "name", description: "is required", violatedRule: "REQUIRED_FIELD" },
    { field: "age", description: "must be integer", violatedRule: "VALIDATION" },
  ]);
});

test("FR-A4: a pattern that backtracks for hours ends with an error, and its thread is replaced", async () => {
  await expect(schemas.check(catastrophic, hostile, "slow app")).rejects.toMatchObject({
    code: "SCHEMA_TOO_EXPENSIVE",
    status: 400,
    message:
      "The JSON Schema of the method takes too long for this value; send a shorter value, or simplify the patterns and references of the schema.",
  });
  expect(await schemas.check(catastrophic, { text: "aaa" }, "app")).toEqual([]);
});

test("FR-A4: after a check that took too long, checks of this key alone are refused for 30 seconds", async () => {
  await expect(schemas.check(catastrophic, hostile, "paused app")).rejects.toThrow();
  await clock.advance(29_999);
  await expect(schemas.check(catastrophic, { text: "a" }, "paused app")).rejects.toMatchObject({
    code: "SCHEMA_TOO_EXPENSIVE",
  });
  expect(await schemas.check(catastrophic, { text: "a" }, "app")).toEqual([]);
  await clock.advance(1);
  expect(await schemas.check(catastrophic, { text: "a" }, "paused app")).toEqual([]);
});

test("FR-A4: stuck checks of one key do not delay those of another", async () => {
  const ended: string[] = [];
  const end = (name: string) => () => void ended.push(name);
  const stuck = Array.from({ length: 4 }, () =>
    schemas.check(catastrophic, hostile, "one app").catch(end("stuck")),
  );
  await schemas.check(catastrophic, { text: "a" }, "another app").then(end("other"));
  await Promise.all(stuck);
  expect(ended.indexOf("other")).toBeLessThan(3);
  expect(ended.filter((name) => name === "stuck")).toHaveLength(4);
});

test("FR-A4: a schema that calls itself without end costs one check", async () => {
  const endless = { $ref: "#/$defs/a", $defs: { a: { allOf: [{ $ref: "#/$defs/a" }] } } };
  await expect(schemas.check(endless, {}, "endless app")).rejects.toMatchObject({
    code: "SCHEMA_TOO_EXPENSIVE",
  });
});

test.each<[string, JsonSchema, string]>([
  ["references that double", doubling(20), "has more than 10000 parts when each $ref is expanded"],
  ["64 KiB of text", { description: "x".repeat(65_536) }, "is larger than 65536 bytes"],
  [
    "60 levels",
    Array.from({ length: 60 }).reduce<JsonSchema>((inner) => ({ not: inner }), {}),
    "is nested deeper than 50 levels",
  ],
  ["an unknown type", { type: "text" }, "is not a JSON Schema 2020-12: schema is invalid"],
  [
    "a reference to another document",
    { $ref: "https://a.test/b" },
    "is not a JSON Schema 2020-12: can't resolve",
  ],
])("FR-A4: a schema with %s is refused", async (_, schema, problem) => {
  expect(await schemas.problemOf(schema, "types")).toContain(problem);
});

test("a schema whose references form a tree or a list is accepted", async () => {
  const list = { type: "object", properties: { next: { $ref: "#" }, other: { $ref: "#" } } };
  expect(await schemas.problemOf(list, "types")).toBeUndefined();
  expect(await schemas.problemOf(doubling(5), "types")).toBeUndefined();
});
