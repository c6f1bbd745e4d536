import { expect, test } from "vitest";
import { exampleRequest } from "./example-request.ts";

test("a method without a schema has an empty object as example", () => {
  expect(exampleRequest(undefined)).toEqual({});
});

test("an example has the required fields of each object, and as few items as a list may have", () => {
  const item = {
    type: "object",
    required: ["quantity"],
    properties: { quantity: { type: "integer", minimum: 2 }, name: { type: "string" } },
  };
  const schema = {
    type: "object",
    required: ["lineItems", "notes"],
    properties: {
      lineItems: { type: "array", items: item, minItems: 1 },
      notes: { type: "array", items: { type: "string" } },
    },
  };
  expect(exampleRequest(schema)).toEqual({ lineItems: [{ quantity: 2 }], notes: [] });
});

test("an example has all fields of an object that requires none", () => {
  const schema = {
    properties: {
      day: { type: "string", format: "date" },
      size: { enum: ["S", "M"] },
      price: { type: ["null", "string"], format: "decimal" },
      paid: { type: "boolean" },
      version: { const: 3 },
      code: { type: "string", minLength: 6 },
      note: { default: "None" },
    },
  };
  expect(exampleRequest(schema)).toEqual({
    ...{ day: "2027-01-31", size: "S", price: "9.90", paid: true, version: 3, code: "textxx", note: "None" },
  });
});

test("an example follows references and the first alternative, and ends in a schema that contains itself", () => {
  const schema = {
    $defs: { person: { anyOf: [{ properties: { name: { type: "string" } } }] } },
    properties: { owner: { $ref: "#/$defs/person" } },
  };
  expect(exampleRequest(schema)).toEqual({ owner: { name: "text" } });
  expect(JSON.stringify(exampleRequest({ properties: { child: { $ref: "#" } } }))).toMatch(
    /^\{"child":.*null/,
  );
});
