interface OfCatalog {
  readonly originatedFromVersion: string;
}
interface OfProduct extends OfCatalog {
  readonly productId: string;
}
interface OfCollection extends OfCatalog {
  readonly collection_Id: string;
}

/** The payloads of built-in event types. */
export interface WebhookPayloads {
  readonly AppInstalled: {
    readonly appId: string;
    /** The ID of the original instance when the site was copied, else null. */
    readonly originInstanceId: string | null;
  };
  readonly AppRemoved: { readonly appId: string };
  readonly AppGrantChanged: {
    readonly appId: string;
    /** The new grant. */
    readonly granted: readonly string[];
    readonly added: readonly string[];
    readonly dropped: readonly string[];
  };
  readonly AppApprovalPending: {
    readonly appId: string;
    /** The scopes that the owner has to decide about. */
    readonly added: readonly string[];
    /** The page where the owner decides. */
    readonly approvalUrl: string;
  };
  readonly "latchkey.instance_suspended": { readonly appId: string };
  readonly "latchkey.instance_resumed": { readonly appId: string };
  readonly "latchkey.tokens_revoked": { readonly appId: string };
  readonly "latchkey.site_changed": {
    readonly siteId: string;
    readonly changes: Readonly<Partial<Record<"name" | "locale" | "currency" | "url", string | null>>>;
  };
  readonly "com.wix.ecommerce.catalog.api.v1.ProductCreated": OfProduct & {
    readonly name: string;
    readonly price?: { readonly price: number; readonly currency: string; readonly discountedPrice?: number };
    readonly visible?: boolean;
    readonly media?: Readonly<Record<string, unknown>>;
    readonly sku?: string;
    readonly slug?: string;
    readonly brand?: string;
  };
  readonly "com.wix.ecommerce.catalog.api.v1.ProductChanged": OfProduct & {
    readonly changedFields: readonly string[];
  };
  readonly "com.wix.ecommerce.catalog.api.v1.ProductDeleted": OfProduct;
  readonly "com.wix.ecommerce.catalog.api.v1.VariantsChanged": OfProduct & {
    readonly variants: readonly {
      readonly variantId: string;
      readonly choices: Readonly<Record<string, string>>;
      readonly changedFields: readonly string[];
    }[];
  };
  readonly "com.wix.ecommerce.catalog.api.v1.CollectionCreated": OfCollection & {
    readonly name: string;
    readonly slug?: string;
    readonly visible?: boolean;
  };
  readonly "com.wix.ecommerce.catalog.api.v1.CollectionChanged": OfCollection & {
    readonly changedFields: readonly string[];
  };
  readonly "com.wix.ecommerce.catalog.api.v1.CollectionDeleted": OfCollection;
}
