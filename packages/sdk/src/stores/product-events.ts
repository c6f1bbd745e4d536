import { fromWireNames } from "../field-names.ts";
import { defineEvent, type EventDefinition, type EventEnvelope } from "../webhooks/event-definition.ts";
import type { WebhookPayloads } from "../webhooks/payloads.ts";

type Names =
  | "ProductCreated"
  | "ProductChanged"
  | "ProductDeleted"
  | "VariantsChanged"
  | "CollectionCreated"
  | "CollectionChanged"
  | "CollectionDeleted";
type Defined<Name extends Names> = EventDefinition<
  EventEnvelope<WebhookPayloads[`com.wix.ecommerce.catalog.api.v1.${Name}`]>
>;

/** The events of a store, with the names of the third-party module (wire §8.7). */
export interface ProductEvents {
  readonly onProductCreated: Defined<"ProductCreated">;
  readonly onProductChanged: Defined<"ProductChanged">;
  readonly onProductDeleted: Defined<"ProductDeleted">;
  readonly onProductVariantsChanged: Defined<"VariantsChanged">;
  readonly onProductCollectionCreated: Defined<"CollectionCreated">;
  readonly onProductCollectionChanged: Defined<"CollectionChanged">;
  readonly onProductCollectionDeleted: Defined<"CollectionDeleted">;
}

const define = <Name extends Names>(name: Name): Defined<Name> =>
  defineEvent(`com.wix.ecommerce.catalog.api.v1.${name}`, fromWireNames);

export const productEvents: ProductEvents = {
  onProductCreated: define("ProductCreated"),
  onProductChanged: define("ProductChanged"),
  onProductDeleted: define("ProductDeleted"),
  onProductVariantsChanged: define("VariantsChanged"),
  onProductCollectionCreated: define("CollectionCreated"),
  onProductCollectionChanged: define("CollectionChanged"),
  onProductCollectionDeleted: define("CollectionDeleted"),
};
