import type { CostAndProfitData, Discount, PriceData, PricePerUnitData, Range } from "./product.ts";

interface MerchantData {
  readonly costAndProfitData?: CostAndProfitData;
  readonly costRange?: Range;
}

/** The fields of a product or variant that are computed from its price. */
export interface Pricing {
  readonly priceData: PriceData;
  readonly merchantData: MerchantData;
}

/** Input of {@link pricing}. */
export interface PricingInput {
  readonly price: number;
  readonly discount?: Discount | undefined;
  readonly itemCost?: number | undefined;
  readonly pricePerUnitData?: PricePerUnitData | undefined;
}

/**
 * Computes prices, costs and profit.
 *
 * @param currency ISO 4217; determines decimal places and symbol
 */
export function pricing(input: PricingInput, currency: string): Pricing {
  const format = formatOf(currency);
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const rounded = (amount: number): number => Number(amount.toFixed(digits));
  const discountedPrice = rounded(discounted(input.price, input.discount));
  const perUnit = pricePerUnit(discountedPrice, input.pricePerUnitData);
  const priceData = {
    currency,
    price: input.price,
    discountedPrice,
    formatted: {
      price: format.format(input.price),
      discountedPrice: format.format(discountedPrice),
      ...(perUnit === undefined ? {} : { pricePerUnit: format.format(perUnit) }),
    },
    ...(perUnit === undefined ? {} : { pricePerUnit: rounded(perUnit) }),
  };
  if (input.itemCost === undefined) return { priceData, merchantData: {} };
  const profit = rounded(discountedPrice - input.itemCost);
  const costAndProfitData = {
    itemCost: input.itemCost,
    formattedItemCost: format.format(input.itemCost),
    profit,
    formattedProfit: format.format(profit),
    profitMargin: discountedPrice === 0 ? 0 : Number((profit / discountedPrice).toFixed(4)),
  };
  return {
    priceData,
    merchantData: { costAndProfitData, costRange: { minValue: input.itemCost, maxValue: input.itemCost } },
  };
}

// A format is expensive to create, and there are fewer than 200 currencies.
const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string): Intl.NumberFormat {
  const format = formats.get(currency) ?? new Intl.NumberFormat("en-US", { style: "currency", currency });
  formats.set(currency, format);
  return format;
}

function discounted(price: number, discount: Discount | undefined): number {
  if (discount?.type === "AMOUNT") return Math.max(0, price - discount.value);
  if (discount?.type === "PERCENT") return price * (1 - discount.value / 100);
  return price;
}

/** Groups of convertible units. Each unit has its size in the smallest unit of the group. */
const unitGroups: readonly Readonly<Record<string, number>>[] = [
  { ML: 1, CL: 10, L: 1_000, CBM: 1_000_000 },
  { MG: 1, G: 1_000, KG: 1_000_000 },
  { MM: 1, CM: 10, M: 1_000 },
  { OZ: 1, LB: 16 },
  { FLOZ: 1, PT: 16, QT: 32, GAL: 128 },
  { IN: 1, FT: 12, YD: 36 },
  { SQM: 1 },
  { SQFT: 1 },
];

/** Price of the base quantity; undefined if its unit cannot be converted to that of the total. */
function pricePerUnit(price: number, data: PricePerUnitData | undefined): number | undefined {
  if (data === undefined) return undefined;
  for (const units of unitGroups) {
    const total = units[data.totalMeasurementUnit];
    const base = units[data.baseMeasurementUnit];
    if (total !== undefined && base !== undefined) {
      return (price * data.baseQuantity * base) / (data.totalQuantity * total);
    }
  }
  return undefined;
}
