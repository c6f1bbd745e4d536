import { collectionsField, column, type Entity, fieldSet, id, operatorsFor, text } from "../query/index.ts";

const storeVariantId = column("id", {
  column: "store_variant_id",
  kind: id,
  operators: operatorsFor.ids,
  unique: true,
});

/** The variants of all products, for queries. */
export const variantEntity: Entity = {
  table: "stores_variants",
  key: "store_variant_id",
  fields: fieldSet(
    [
      storeVariantId,
      column("productId", { column: "product_id", kind: id, operators: operatorsFor.ids }),
      column("variantId", { column: "variant_id", kind: id, operators: operatorsFor.ids }),
      column("productName", {
        column: "product_name",
        folded: "product_name_folded",
        kind: text,
        operators: operatorsFor.text,
      }),
      column("sku", { column: "sku", folded: "sku_folded", kind: text, operators: operatorsFor.text }),
      collectionsField("collectionIds"),
    ],
    { aliases: { _id: "id", "collections.id": "collectionIds" } },
  ),
  tieBreaker: storeVariantId,
};
