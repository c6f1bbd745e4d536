import { allProductsCollectionId, inventoryStatuses, productTypes } from "../catalog/product.ts";
import type { Entity } from "./entity.ts";
import { column, fieldSet, operatorsFor } from "./field-set.ts";
import type { ColumnField, MembersField } from "./fields.ts";
import { decimal, id, instant, oneOf, text, whole } from "./value-kinds.ts";

/** Rises with each product of a site. */
const numericId: ColumnField = column("numericId", {
  column: "numeric_id",
  kind: whole,
  operators: operatorsFor.numbers,
  unique: true,
});

const collections: MembersField = {
  type: "members",
  name: "collections.id",
  kind: id,
  operators: operatorsFor.lists,
  table: "stores_product_collections",
  key: "product_id",
  column: "collection_id",
  always: allProductsCollectionId,
};

const textColumn = (name: string, rules: { sortable?: false } = {}): ColumnField =>
  column(name, {
    column: name,
    folded: `${name}_folded`,
    kind: text,
    operators: operatorsFor.text,
    ...rules,
  });

/** A new field that V1 filters or sorts by is an entry here, and a column or table of a migration. */
const fields = [
  textColumn("name"),
  textColumn("description", { sortable: false }),
  textColumn("sku"),
  textColumn("slug"),
  column("id", { column: "product_id", kind: id, operators: operatorsFor.ids, unique: true }),
  column("price", { column: "price", kind: decimal, operators: operatorsFor.numbers }),
  numericId,
  column("lastUpdated", { column: "updated_at", kind: instant, operators: operatorsFor.numbers }),
  column("createdDate", { column: "created_at", kind: instant, operators: operatorsFor.numbers }),
  column("productType", {
    column: "product_type",
    kind: oneOf(productTypes),
    operators: operatorsFor.words,
  }),
  column("inventoryStatus", {
    column: "inventory_status",
    kind: oneOf(inventoryStatuses),
    operators: operatorsFor.words,
    sortable: false,
  }),
  collections,
];

// The client library writes `collectionIds` and `priceData.price`, and leaves `_id` and `_createdDate` in a typed
// sort; the reference also has `productOptions.<name>`.
const aliases = {
  collectionIds: "collections.id",
  "priceData.price": "price",
  _id: "id",
  _createdDate: "createdDate",
};
const optionName = /^(?:options|productOptions)\.(.{1,100})$/s;

/** Products as queries see them. */
export const productEntity: Entity = {
  table: "stores_products",
  key: "product_id",
  fields: fieldSet(fields, { aliases, made: "options.<name>", find: choicesNamed }),
  tieBreaker: numericId,
};

function choicesNamed(name: string): MembersField | undefined {
  const option = optionName.exec(name)?.[1];
  if (option === undefined || text.read(option) === undefined) return undefined;
  return {
    type: "members",
    name: "options",
    kind: text,
    operators: operatorsFor.lists,
    table: "stores_product_options",
    key: "product_id",
    column: "choice",
    only: { column: "name", value: option },
  };
}
