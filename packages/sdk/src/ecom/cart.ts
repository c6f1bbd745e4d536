/** A number as text, so that no digit of it is lost, such as `4.90`. */
export type Decimal = string;

/** Where something goes, or comes from. */
export interface Address {
  /** ISO 3166-1, two letters. */
  readonly country?: string | null;
  /** ISO 3166-2, such as `US-NY`. */
  readonly subdivision?: string | null;
  readonly city?: string | null;
  readonly postalCode?: string | null;
  readonly addressLine?: string | null;
  readonly addressLine2?: string | null;
  readonly streetAddress?: { readonly name?: string; readonly number?: string } | null;
}

/** Which item of which catalog. */
export interface CatalogReference {
  readonly catalogItemId: string;
  readonly appId: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface PhysicalProperties {
  readonly weight?: number;
  readonly sku?: string | null;
  readonly shippable?: boolean;
}

/** Anything else that the platform says; what is not named here may be there too. */
export type JsonObject = Readonly<Record<string, unknown>>;
