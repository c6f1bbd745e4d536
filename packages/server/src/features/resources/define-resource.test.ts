import { expect, test } from "vitest";
import { defineResource } from "./define-resource.ts";
import type { ResourceDefinition } from "./resource.ts";

type Tables = Record<string, { id: string }>;

function tours(changes: Partial<ResourceDefinition<Tables>>): ResourceDefinition<Tables> {
  return { name: "tours", permissions: [], scopes: [], routes: () => [], ...changes };
}

const names = "must begin with a letter and have only letters, digits, dots, hyphens and underscores";

test.each<[string, Partial<ResourceDefinition<Tables>>, string]>([
  [
    "a name with an upper-case letter",
    { name: "Tours" },
    "Resource Tours: the name must have 1 to 30 of a-z and 0-9, no digit first, and not be platform.",
  ],
  [
    "the name of the platform",
    { name: "platform" },
    "Resource platform: the name must have 1 to 30 of a-z and 0-9, no digit first, and not be platform.",
  ],
  [
    "a table without the prefix of its name",
    { tables: ["guides"] },
    "Resource tours: the table guides must begin with tours_ and have only a-z, 0-9 and _.",
  ],
  [
    "a table with the prefix of another resource",
    { tables: ["cafes_guides"] },
    "Resource tours: the table cafes_guides must begin with tours_ and have only a-z, 0-9 and _.",
  ],
  [
    "a migration with a slash",
    { migrations: [{ name: "../first", sql: "" }] },
    "Resource tours: the migration ../first must have only a-z, 0-9 and hyphens.",
  ],
  [
    "two migrations with the same name",
    {
      migrations: [
        { name: "first", sql: "" },
        { name: "first", sql: "" },
      ],
    },
    "Resource tours: two migrations have the name first.",
  ],
  [
    "a permission with a space",
    { permissions: [{ permissionId: "READ TOURS", description: "" }] },
    `Resource tours: READ TOURS ${names}.`,
  ],
  [
    "an event type with the platform's prefix",
    { eventTypes: [{ eventType: "latchkey.tour", description: "", sample: {} }] },
    "Resource tours: latchkey.tour must not begin with latchkey., which is reserved for the platform.",
  ],
])("a resource with %s is rejected", (_, changes, message) => {
  expect(() => defineResource(tours(changes))).toThrow(
    expect.objectContaining({
      code: "resource_invalid",
      message: `A resource is not defined as the platform needs it. ${message}`,
    }),
  );
});
