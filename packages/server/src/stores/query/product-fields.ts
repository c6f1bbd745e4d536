import { allProductsCollectionId, inventoryStatuses, productTypes } from "../product.ts";
import type { ColumnField, Field, FieldSet, MembersField, Operator } from "./fields.ts";
import { decimal, id, instant, oneOf, text, whole } from "./value-kinds.ts";

const equality: readonly Operator[] = ["$eq", "$ne", "$hasSome"];
const matching: readonly Operator[] = [...equality, "$contains", "$startsWith"];
const order: readonly Operator[] = [...equality, "$lt", "$lte", "$gt", "$gte"];
const membership: readonly Operator[] = [...equality, "$hasAll"];

const column = (
  name: string,
  field: Omit<ColumnField, "type" | "name" | "sortable"> & { sortable?: false },
) => ({ type: "column", name, sortable: true, ...field }) satisfies ColumnField;

/** What the default order and every tie-breaker are made of. */
export const productNumber: ColumnField = column("numericId", {
  column: "numeric_id",
  kind: whole,
  operators: order,
  unique: true,
});

const collections: MembersField = {
  type: "members",
  name: "collections.id",
  kind: id,
  operators: membership,
  table: "product_collections",
  key: "product_id",
  column: "collection_id",
  always: allProductsCollectionId,
};

/** A new field that V1 filters or sorts by is an entry here, and a column or table of `0002-products.sql`. */
const fields: ReadonlyMap<string, Field> = new Map<string, Field>(
  [
    column("name", { column: "name", folded: "name_folded", kind: text, operators: matching }),
    column("description", {
      column: "description",
      folded: "description_folded",
      kind: text,
      operators: matching,
      sortable: false,
    }),
    column("sku", { column: "sku", folded: "sku_folded", kind: text, operators: matching }),
    column("slug", { column: "slug", folded: "slug_folded", kind: text, operators: matching }),
    column("id", { column: "product_id", kind: id, operators: equality, unique: true }),
    column("price", { column: "price", kind: decimal, operators: order }),
    productNumber,
    column("lastUpdated", { column: "updated_at", kind: instant, operators: order }),
    column("createdDate", { column: "created_at", kind: instant, operators: order }),
    column("productType", { column: "product_type", kind: oneOf(productTypes), operators: equality }),
    column("inventoryStatus", {
      column: "inventory_status",
      kind: oneOf(inventoryStatuses),
      operators: equality,
      sortable: false,
    }),
    collections,
  ].map((field) => [field.name, field]),
);

// The client library writes `collectionIds`, the reference also `productOptions.<name>`.
const collectionAlias = "collectionIds";
const optionName = /^(?:options|productOptions)\.(.{1,100})$/s;

/** What products can be filtered and sorted by. */
export const productFields: FieldSet = {
  names: [...fields.keys(), "options.<name>"],
  find(name) {
    if (name === collectionAlias) return collections;
    const option = optionName.exec(name)?.[1];
    return option === undefined || text.read(option) === undefined ? fields.get(name) : choicesOf(option);
  },
};

function choicesOf(option: string): MembersField {
  return {
    type: "members",
    name: "options",
    kind: text,
    operators: membership,
    table: "product_options",
    key: "product_id",
    column: "choice",
    only: { column: "name", value: option },
  };
}
