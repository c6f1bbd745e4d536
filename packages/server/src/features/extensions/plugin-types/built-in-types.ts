import type { PluginMethod, PluginType } from "./plugin-type.ts";

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: "string", maxLength: 1_000 };
const optionalText: Schema = { type: ["string", "null"], maxLength: 1_000 };
const id: Schema = { type: "string", minLength: 1, maxLength: 100 };
/** Amounts of money are text, so that no digit is lost (wire §5.4). */
const decimal: Schema = { type: "string", format: "decimal" };
const optionalDecimal: Schema = { type: ["string", "null"], format: "decimal" };
const currency: Schema = { type: "string", format: "currency" };
const open: Schema = { type: "object" };

/** Allows other fields, because the wire protocol may add some. */
function object(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return { type: "object", properties, required };
}

function listOf(items: Schema, maxItems: number, minItems = 0): Schema {
  return { type: "array", items, minItems, maxItems };
}

const address = object({
  country: { type: ["string", "null"], pattern: "^[A-Z]{2}$" },
  subdivision: optionalText,
  city: optionalText,
  postalCode: optionalText,
  addressLine: optionalText,
  addressLine2: optionalText,
  streetAddress: { type: ["object", "null"], properties: { name: text, number: text } },
});

const catalogReference = object({ catalogItemId: id, appId: id, options: open }, ["catalogItemId", "appId"]);
const physicalProperties = object({
  weight: { type: "number", minimum: 0 },
  sku: optionalText,
  shippable: { type: "boolean" },
});
const quantity: Schema = { type: "integer", minimum: 1, maximum: 100_000 };

const shippingRates: PluginMethod = {
  name: "getShippingRates",
  path: "/v1/getRates",
  timeoutMs: 10_000,
  errors: ["MISSING_POSTAL_CODE", "INVALID_POSTAL_CODE", "PARTIAL_ADDRESS", "GENERIC_ERROR"],
  requestSchema: object(
    {
      lineItems: listOf(
        object(
          {
            name: text,
            quantity,
            catalogReference,
            physicalProperties,
            price: decimal,
            totalPrice: optionalDecimal,
            priceBeforeDiscount: optionalDecimal,
            totalPriceBeforeDiscount: optionalDecimal,
          },
          ["quantity"],
        ),
        500,
        1,
      ),
      shippingDestination: address,
      shippingOrigin: address,
      buyerContactDetails: open,
      weightUnit: { enum: ["KG", "LB", "UNSPECIFIED_WEIGHT_UNIT"] },
      taxIncludedInPrices: { type: "boolean" },
      deliveryPreferences: object({ preferredCode: optionalText }),
      purchaseFlowId: optionalText,
      externalReferences: listOf(open, 100),
      extendedFields: open,
    },
    ["lineItems"],
  ),
  responseSchema: object(
    {
      shippingRates: listOf(
        object(
          {
            code: id,
            title: { type: "string", minLength: 1, maxLength: 250 },
            logistics: object({
              deliveryTime: optionalText,
              instructions: optionalText,
              pickupDetails: object({ address, pickupMethod: { enum: ["STORE_PICKUP", "PICKUP_POINT"] } }),
            }),
            cost: object(
              {
                price: decimal,
                currency,
                additionalCharges: listOf(
                  object(
                    { type: { enum: ["HANDLING_FEE", "INSURANCE"] }, details: optionalText, price: decimal },
                    ["price"],
                  ),
                  100,
                ),
              },
              ["price", "currency"],
            ),
          },
          ["code", "title", "cost"],
        ),
        1_000,
      ),
    },
    ["shippingRates"],
  ),
};

const additionalFees: PluginMethod = {
  name: "calculateAdditionalFees",
  path: "/v1/calculate-additional-fees",
  timeoutMs: 3_000,
  errors: [],
  requestSchema: object(
    {
      lineItems: listOf(
        object(
          {
            id,
            quantity,
            catalogReference,
            productName: open,
            price: decimal,
            physicalProperties,
            depositAmount: optionalDecimal,
            modifierGroups: listOf(open, 100),
          },
          ["id", "quantity"],
        ),
        500,
      ),
      shippingAddress: address,
      buyerDetails: object({ contactDetails: open }),
      appliedDiscounts: listOf(open, 100),
      shippingInfo: object({ selectedCarrierServiceOption: open }),
      purchaseFlowId: optionalText,
      businessLocationId: optionalText,
      subtotal: optionalDecimal,
      extendedFields: open,
    },
    ["lineItems"],
  ),
  responseSchema: object(
    {
      additionalFees: listOf(
        object(
          {
            code: { ...id, type: ["string", "null"] },
            name: { type: "string", minLength: 1, maxLength: 50 },
            translatedName: optionalText,
            price: decimal,
            taxDetails: object({
              taxable: { type: "boolean" },
              taxGroupId: optionalText,
              taxableAddress: object({ addressType: { enum: ["BUSINESS", "BILLING", "SHIPPING"] } }),
            }),
            lineItemIds: listOf(id, 500),
          },
          ["name", "price"],
        ),
        100,
      ),
      currency,
    },
    ["additionalFees", "currency"],
  ),
};

/** The types that every platform has (wire §5.4 and §5.5). */
export const builtInPluginTypes: readonly PluginType[] = [
  { componentType: "ECOM_SHIPPING_RATES", methods: [shippingRates] },
  { componentType: "ECOM_ADDITIONAL_FEES", methods: [additionalFees] },
];

export function builtInPluginType(componentType: string): PluginType | undefined {
  return builtInPluginTypes.find((type) => type.componentType === componentType);
}
