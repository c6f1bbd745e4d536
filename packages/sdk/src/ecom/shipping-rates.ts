import {
  defineServicePlugin,
  type ServicePluginDefinition,
  type ServicePluginRequest,
} from "../service-plugins/definition.ts";
import type { Address, CatalogReference, Decimal, JsonObject, PhysicalProperties } from "./cart.ts";

/** A cart for which the platform asks what it costs to send (wire §5.4). */
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

/** One way to send it. */
export interface ShippingRate {
  /** Your own name of it. */
  readonly code: string;
  /** What the buyer reads. */
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
    /** ISO 4217; that of the call is in `metadata.currency`. */
    readonly currency: string;
    readonly additionalCharges?: readonly {
      readonly type?: "HANDLING_FEE" | "INSURANCE";
      readonly details?: string | null;
      readonly price: Decimal;
    }[];
  };
}

/** What a provider of shipping rates implements. */
export interface ShippingRatesContract {
  /** May throw `MISSING_POSTAL_CODE`, `INVALID_POSTAL_CODE`, `PARTIAL_ADDRESS` or `GENERIC_ERROR`, within 10 seconds. */
  getShippingRates(
    call: ServicePluginRequest<ShippingRatesRequest>,
  ): ShippingRatesResponse | Promise<ShippingRatesResponse>;
}

/** `ECOM_SHIPPING_RATES`: what it costs to send a cart. */
export const shippingRates: ServicePluginDefinition<ShippingRatesContract> =
  defineServicePlugin<ShippingRatesContract>("ECOM_SHIPPING_RATES", { getShippingRates: "/v1/getRates" });
