import { allProductsCollectionId } from "../catalog/product.ts";
import { column, type Entity, fieldSet, id, operatorsFor, text } from "../query/index.ts";

const storeVariantId = column("id", {
  column: "store_variant_id",
  kind: id,
  operators: operatorsFor.ids,
  unique: true,
});

/** Variants of a whole store as queries see them. */
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
      {
        type: "members",
        name: "collectionIds",
        kind: id,
        operators: operatorsFor.lists,
        table: "stores_product_collections",
        key: "product_id",
        column: "collection_id",
        always: allProductsCollectionId,
      },
    ],
    { aliases: { _id: "id", "collections.id": "collectionIds" } },
  ),
  tieBreaker: storeVariantId,
};
