import { allProductsCollectionId, inventoryStatuses, productTypes } from "../catalog/product.ts";
import { type ColumnField, column, type Entity, fieldSet, type ListField, operatorsFor } from "./fields.ts";
import { decimal, id, instant, oneOf, text, whole } from "./value-kinds.ts";

const numericId: ColumnField = column("numericId", {
  column: "numeric_id",
  kind: whole,
  operators: operatorsFor.numbers,
  unique: true,
});

/** The collections of a product, in products and in variants. */
export const collectionsField = (name: string): ListField => ({
  type: "list",
  name,
  kind: id,
  operators: operatorsFor.lists,
  table: "stores_product_collections",
  key: "product_id",
  column: "collection_id",
  deleted: "stores_deleted_collections",
  impliedValue: allProductsCollectionId,
});

const textColumn = (name: string, rules: { sortable?: false } = {}): ColumnField =>
  column(name, {
    column: name,
    folded: `${name}_folded`,
    kind: text,
    operators: operatorsFor.text,
    ...rules,
  });

/** The fields that V1 filters and sorts products by. */
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
    operators: operatorsFor.enums,
  }),
  column("inventoryStatus", {
    column: "inventory_status",
    kind: oneOf(inventoryStatuses),
    operators: operatorsFor.enums,
    sortable: false,
  }),
  collectionsField("collections.id"),
];

// The client library sends `collectionIds` and `priceData.price`, and in a typed sort `_id` and `_createdDate`.
const aliases = {
  collectionIds: "collections.id",
  "priceData.price": "price",
  _id: "id",
  _createdDate: "createdDate",
};
const optionName = /^(?:options|productOptions)\.(.{1,100})$/s;

/** Products, for queries. */
export const productEntity: Entity = {
  table: "stores_products",
  key: "product_id",
  fields: fieldSet(fields, { aliases, dynamicName: "options.<name>", findDynamic: optionField }),
  tieBreaker: numericId,
};

/** The choices of the option that a field name contains. */
function optionField(fieldName: string): ListField | undefined {
  const option = optionName.exec(fieldName)?.[1];
  if (option === undefined || text.read(option) === undefined) return undefined;
  return {
    type: "list",
    name: "options",
    kind: text,
    operators: operatorsFor.lists,
    table: "stores_product_options",
    key: "product_id",
    column: "choice",
    where: { column: "name", value: option },
  };
}
