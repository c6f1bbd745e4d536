import {
  defineServicePlugin,
  type ServicePluginDefinition,
  type ServicePluginRequest,
} from "../service-plugins/definition.ts";
import type { Address, CatalogReference, Decimal, JsonObject, PhysicalProperties } from "./cart.ts";

/** The cart that the platform requests shipping rates for (wire §5.4). */
export interface ShippingRatesRequest {
  readonly lineItems: readonly ShippedItem[];
  readonly shippingDestination?: Address;
  readonly shippingOrigin?: Address;
  readonly buyerContactDetails?: JsonObject;
  readonly weightUnit?: "KG" | "LB" | "UNSPECIFIED_WEIGHT_UNIT";
  readonly taxIncludedInPrices?: boolean;
  readonly deliveryPreferences?: { readonly preferredCode?: string | null };
  readonly purchaseFlowId?: string | null;
  readonly externalReferences?: readonly JsonObject[];
  readonly extendedFields?: JsonObject;
}

export interface ShippedItem {
  readonly quantity: number;
  readonly name?: string;
  readonly catalogReference?: CatalogReference;
  readonly physicalProperties?: PhysicalProperties;
  readonly price?: Decimal;
  readonly totalPrice?: Decimal | null;
  readonly priceBeforeDiscount?: Decimal | null;
  readonly totalPriceBeforeDiscount?: Decimal | null;
}

export interface ShippingRatesResponse {
  readonly shippingRates: readonly ShippingRate[];
}

/** A shipping option with its cost. */
export interface ShippingRate {
  /** The app's own code of the rate. */
  readonly code: string;
  /** The name that the buyer sees. */
  readonly title: string;
  readonly logistics?: {
    readonly deliveryTime?: string | null;
    readonly instructions?: string | null;
    readonly pickupDetails?: {
      readonly address?: Address;
      readonly pickupMethod?: "STORE_PICKUP" | "PICKUP_POINT";
    };
  };
  readonly cost: {
    readonly price: Decimal;
    /** The currency code, in ISO 4217. The currency of the call is `metadata.currency`. */
    readonly currency: string;
    readonly additionalCharges?: readonly {
      readonly type?: "HANDLING_FEE" | "INSURANCE";
      readonly details?: string | null;
      readonly price: Decimal;
    }[];
  };
}

/** The methods of a provider of shipping rates. */
export interface ShippingRatesContract {
  /**
   * Returns the rates within 10 seconds. It can throw `MISSING_POSTAL_CODE`, `INVALID_POSTAL_CODE`, `PARTIAL_ADDRESS`
   * or `GENERIC_ERROR`.
   */
  getShippingRates(
    call: ServicePluginRequest<ShippingRatesRequest>,
  ): ShippingRatesResponse | Promise<ShippingRatesResponse>;
}

/** The service plugin `ECOM_SHIPPING_RATES`, which calculates shipping rates. */
export const shippingRates: ServicePluginDefinition<ShippingRatesContract> =
  defineServicePlugin<ShippingRatesContract>("ECOM_SHIPPING_RATES", { getShippingRates: "/v1/getRates" });
