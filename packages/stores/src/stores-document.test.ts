import type { OpenApiDocument, Route } from "@latchkey/server";
import { createTestStore, type TestStore, violationsOf } from "@latchkey/test-support/stores/test-store";
import { afterAll, beforeAll, expect, test } from "vitest";

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Body {
  readonly content: { readonly "application/json": { readonly schema: Schema } };
}

let store: TestStore;
let document: OpenApiDocument;
beforeAll(async () => {
  store = await createTestStore("sqlite");
  document = (await store.call("GET", "/openapi.json")).body;
});
afterAll(() => store.close());

const unknownId = "00000000-0000-4000-8000-000000000000";

/** Resolves a reference, and returns the schema of a nullable one. */
function resolved(schema: Schema): Schema {
  const [first] = (schema.anyOf ?? schema.oneOf ?? []).filter(({ type }) => type !== "null");
  if (first !== undefined) return resolved(first);
  if (schema.$ref === undefined) return schema;
  const schemas = document.components?.schemas as Readonly<Record<string, Schema>>;
  return resolved(schemas[schema.$ref.replace("#/components/schemas/", "")] ?? {});
}

/** An object of a body whose fields the document lists. */
interface DocumentedObject {
  /** The path of the object, as violations name it. */
  readonly field: string;
  readonly fields: readonly string[];
  /** Wraps the object in a body. */
  wrap(fields: object): unknown;
}

function documentedObjects(given: Schema, field: string, wrap: DocumentedObject["wrap"]): DocumentedObject[] {
  const schema = resolved(given);
  if (schema.items) return documentedObjects(schema.items, `${field}[0]`, (fields) => wrap([fields]));
  if (!schema.properties) return [];
  const inner = Object.entries(schema.properties).flatMap(([name, property]) =>
    documentedObjects(property, field === "" ? name : `${field}.${name}`, (fields) =>
      wrap({ [name]: fields }),
    ),
  );
  return [{ field, fields: Object.keys(schema.properties), wrap }, ...inner];
}

const changes = [
  "createProduct",
  "updateProduct",
  "updateProductVariants",
  "getProductOptionsAvailability",
  "addProductMedia",
  "removeProductMedia",
  "addProductMediaToChoices",
  "removeProductMediaFromChoices",
  "bulkUpdateProductsProperty",
  "bulkAdjustProductProperty",
  "createCollection",
  "updateCollection",
  "addProductsToCollection",
  "removeProductsFromCollection",
];

function routeOf(operationId: string): Route {
  const route = store.platform.platform.routes.find((one) => one.operationId === operationId);
  if (route === undefined) throw new Error(`There is no route ${operationId}.`);
  return route;
}

function bodyOf({ method, path }: Route): Schema {
  const operations = document.paths?.[path] as Readonly<Record<string, { requestBody: Body }>>;
  const schema = operations[method.toLowerCase()]?.requestBody.content["application/json"].schema;
  if (schema === undefined) throw new Error(`The document has no body of ${method} ${path}.`);
  return schema;
}

test.each(changes)("the body of %s has the fields that the server accepts", async (operationId) => {
  const route = routeOf(operationId);
  const path = route.path.replaceAll(/\{\w+\}/g, unknownId);
  const objects = documentedObjects(bodyOf(route), "", (fields) => fields);
  expect(objects.length).toBeGreaterThan(0);
  for (const { field, fields, wrap } of objects) {
    const response = await store.call(route.method, path, { body: wrap({ "no such field": 1 }) });
    const violations: { field: string; violatedRule: string; data?: { allowed: string[] } }[] =
      violationsOf(response);
    const allowed = violations
      .filter((one) => one.field === (field || "body") && one.violatedRule === "FIELD_NOT_ALLOWED")
      .flatMap(({ data }) => data?.allowed ?? []);
    expect([field, allowed.sort()]).toEqual([field, [...fields].sort()]);
  }
});

test.each(["updateProduct", "updateCollection"])("FR-F5: %s requires no field", async (operationId) => {
  const [changed = {}] = Object.values(bodyOf(routeOf(operationId)).properties ?? {});
  expect(resolved(changed).required ?? []).toEqual([]);
});

test("FR-F5: a new product in the document requires a name", () => {
  const [product = {}] = Object.values(bodyOf(routeOf("createProduct")).properties ?? {});
  expect(resolved(product).required).toEqual(["name"]);
});

test("FR-F5: fields with a default are optional in the document", () => {
  expect(bodyOf(routeOf("getProductOptionsAvailability")).required ?? []).toEqual([]);
  expect(bodyOf(routeOf("removeProductMedia")).required ?? []).toEqual([]);
});

test("a product in responses has the fields of the document", async () => {
  const { body } = await store.call("POST", "/stores/v1/products", {
    body: {
      product: { name: "Mug", priceData: { price: 5 }, costAndProfitData: { itemCost: 2 }, brand: "Own" },
    },
  });
  const schemas = document.components?.schemas as Readonly<Record<string, Schema>>;
  const documented = Object.keys(schemas.Product?.properties ?? {});
  expect(documented).toEqual(expect.arrayContaining(Object.keys(body.product)));
  expect(Object.keys(body.product)).toEqual(expect.arrayContaining([...(schemas.Product?.required ?? [])]));
});
