import { afterAll, expect, test } from "vitest";
import { createProject } from "./project.ts";

const project = createProject();
afterAll(() => project.remove());

test("the compiler names the fields and options that exist (FR-D §3)", async () => {
  project.add(
    "typing-errors.ts",
    `import { AppStrategy, createApp } from "@latchkey/sdk";
const { products } = createApp().instance("i");
products.queryProducts().gt("prize", 5);
products.queryProducts().ascending("prize");
AppStrategy({ appId: "a", scope: ["x"] });
`,
  );
  const errors = (await project.compile()) ?? "";
  const ordered = ["_createdDate", "_id", "description", "lastUpdated", "name", "numericId", "price"];
  const list = (names: readonly string[]) => names.map((name) => `"${name}"`).join(" | ");
  expect(errors).toContain(list([...ordered, "priceData.price", "sku", "slug"]));
  const sortable = ordered.filter((name) => name !== "description");
  expect(errors).toContain(list([...sortable, "priceData.price", "productType", "sku", "slug"]));
  expect(errors).toContain("Did you mean to write 'scopes'?");
});
