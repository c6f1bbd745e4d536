import {
  defineServicePlugin,
  type ServicePluginDefinition,
  type ServicePluginRequest,
} from "../service-plugins/definition.ts";
import type { Address, CatalogReference, Decimal, JsonObject, PhysicalProperties } from "./cart.ts";

/** The cart that the platform requests fees for (wire §5.5). */
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
  /** The currency code, in ISO 4217. The currency of the call is `metadata.currency`. */
  readonly currency: string;
}

export interface AdditionalFee {
  readonly name: string;
  readonly price: Decimal;
  /** The app's own code of the fee. */
  readonly code?: string | null;
  readonly translatedName?: string | null;
  readonly taxDetails?: {
    readonly taxable?: boolean;
    readonly taxGroupId?: string | null;
    readonly taxableAddress?: { readonly addressType?: "BUSINESS" | "BILLING" | "SHIPPING" };
  };
  /** The line items that the fee applies to. Default: the whole cart. */
  readonly lineItemIds?: readonly string[];
}

/** The methods of a provider of additional fees. */
export interface AdditionalFeesContract {
  /** Returns the fees within 3 seconds. Without a response, the cart has no fee of this app. */
  calculateAdditionalFees(
    call: ServicePluginRequest<AdditionalFeesRequest>,
  ): AdditionalFeesResponse | Promise<AdditionalFeesResponse>;
}

/** The service plugin `ECOM_ADDITIONAL_FEES`, which adds fees to a cart. */
export const additionalFees: ServicePluginDefinition<AdditionalFeesContract> =
  defineServicePlugin<AdditionalFeesContract>("ECOM_ADDITIONAL_FEES", {
    calculateAdditionalFees: "/v1/calculate-additional-fees",
  });
