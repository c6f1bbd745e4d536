import { column, type Entity, fieldSet, id, operatorsFor, text } from "../query/index.ts";

const collectionId = column("id", {
  column: "collection_id",
  kind: id,
  operators: operatorsFor.ids,
  unique: true,
});

const fields = [
  collectionId,
  column("name", { column: "name", folded: "name_folded", kind: text, operators: operatorsFor.text }),
  column("slug", { column: "slug", kind: text, operators: operatorsFor.enums }),
];

/** Collections, for queries. */
export const collectionEntity: Entity = {
  table: "stores_collections",
  key: "collection_id",
  fields: fieldSet(fields, { aliases: { _id: "id" } }),
  tieBreaker: collectionId,
};
