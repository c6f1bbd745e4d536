export {
  type AdditionalFee,
  type AdditionalFeesContract,
  type AdditionalFeesRequest,
  type AdditionalFeesResponse,
  additionalFees,
  type FeeItem,
} from "./additional-fees.ts";
export type { Address, CatalogReference, Decimal, JsonObject, PhysicalProperties } from "./cart.ts";
export {
  type ShippedItem,
  type ShippingRate,
  type ShippingRatesContract,
  type ShippingRatesRequest,
  type ShippingRatesResponse,
  shippingRates,
} from "./shipping-rates.ts";
