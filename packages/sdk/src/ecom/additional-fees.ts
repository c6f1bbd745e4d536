import {
  defineServicePlugin,
  type ServicePluginDefinition,
  type ServicePluginRequest,
} from "../service-plugins/definition.ts";
import type { Address, CatalogReference, Decimal, JsonObject, PhysicalProperties } from "./cart.ts";

/** A cart for which the platform asks what else it costs (wire §5.5). */
export interface AdditionalFeesRequest {
  readonly lineItems: readonly FeeItem[];
  readonly shippingAddress?: Address;
  readonly buyerDetails?: { readonly contactDetails?: JsonObject };
  readonly appliedDiscounts?: readonly JsonObject[];
  readonly shippingInfo?: { readonly selectedCarrierServiceOption?: JsonObject };
  readonly purchaseFlowId?: string | null;
  readonly businessLocationId?: string | null;
  readonly subtotal?: Decimal | null;
  readonly extendedFields?: JsonObject;
}

export interface FeeItem {
  readonly id: string;
  readonly quantity: number;
  readonly catalogReference?: CatalogReference;
  readonly productName?: JsonObject;
  readonly price?: Decimal;
  readonly physicalProperties?: PhysicalProperties;
  readonly depositAmount?: Decimal | null;
  readonly modifierGroups?: readonly JsonObject[];
}

export interface AdditionalFeesResponse {
  readonly additionalFees: readonly AdditionalFee[];
  /** ISO 4217; that of the call is in `metadata.currency`. */
  readonly currency: string;
}

export interface AdditionalFee {
  readonly name: string;
  readonly price: Decimal;
  /** Your own name of it. */
  readonly code?: string | null;
  readonly translatedName?: string | null;
  readonly taxDetails?: {
    readonly taxable?: boolean;
    readonly taxGroupId?: string | null;
    readonly taxableAddress?: { readonly addressType?: "BUSINESS" | "BILLING" | "SHIPPING" };
  };
  /** Items that it is for. Default: the cart as a whole. */
  readonly lineItemIds?: readonly string[];
}

/** What a provider of additional fees implements. */
export interface AdditionalFeesContract {
  /** Within 3 seconds; where it does not response, the cart has no such fee. */
  calculateAdditionalFees(
    call: ServicePluginRequest<AdditionalFeesRequest>,
  ): AdditionalFeesResponse | Promise<AdditionalFeesResponse>;
}

/** `ECOM_ADDITIONAL_FEES`: what a cart costs besides its items. */
export const additionalFees: ServicePluginDefinition<AdditionalFeesContract> =
  defineServicePlugin<AdditionalFeesContract>("ECOM_ADDITIONAL_FEES", {
    calculateAdditionalFees: "/v1/calculate-additional-fees",
  });
