/** A decimal number as a string, such as `4.90`. */
export type Decimal = string;

/** A postal address. */
export interface Address {
  /** The country code, in ISO 3166-1 alpha-2. */
  readonly country?: string | null;
  /** The subdivision code, in ISO 3166-2, such as `US-NY`. */
  readonly subdivision?: string | null;
  readonly city?: string | null;
  readonly postalCode?: string | null;
  readonly addressLine?: string | null;
  readonly addressLine2?: string | null;
  readonly streetAddress?: { readonly name?: string; readonly number?: string } | null;
}

/** An item of a catalog. */
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

/** A JSON object whose members are not described here. */
export type JsonObject = Readonly<Record<string, unknown>>;
