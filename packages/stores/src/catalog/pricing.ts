import type { CostAndProfitData, Discount, PriceData, PricePerUnitData, Range } from "./product.ts";

/** What the merchant alone may see. */
interface MerchantData {
  readonly costAndProfitData?: CostAndProfitData;
  readonly costRange?: Range;
}

/** The computed fields of a price. */
export interface Money {
  readonly priceData: PriceData;
  readonly merchantData: MerchantData;
}

/** What a price is computed from. */
export interface Priced {
  readonly price: number;
  readonly discount?: Discount | undefined;
  readonly itemCost?: number | undefined;
  readonly pricePerUnitData?: PricePerUnitData | undefined;
}

/**
 * The computed fields of a price.
 *
 * @param currency ISO 4217; decides digits and symbol
 */
export function pricing(input: Priced, currency: string): Money {
  const format = formatOf(currency);
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const rounded = (amount: number): number => Number(amount.toFixed(digits));
  const discountedPrice = rounded(discounted(input.price, input.discount));
  const perUnit = pricePerUnit(discountedPrice, input.pricePerUnitData);
  const pricePerUnitFields =
    perUnit === undefined ? undefined : { value: rounded(perUnit), text: format.format(perUnit) };
  const priceData = {
    currency,
    price: input.price,
    discountedPrice,
    formatted: {
      price: format.format(input.price),
      discountedPrice: format.format(discountedPrice),
      ...(pricePerUnitFields === undefined ? {} : { pricePerUnit: pricePerUnitFields.text }),
    },
    ...(pricePerUnitFields === undefined ? {} : { pricePerUnit: pricePerUnitFields.value }),
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

// Making one costs as much as all the rest of a small change. There are fewer than 200 currencies.
const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string): Intl.NumberFormat {
  const known = formats.get(currency);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat("en-US", { style: "currency", currency });
  formats.set(currency, made);
  return made;
}

function discounted(price: number, discount: Discount | undefined): number {
  if (discount?.type === "AMOUNT") return Math.max(0, price - discount.value);
  if (discount?.type === "PERCENT") return price * (1 - discount.value / 100);
  return price;
}

/** Units that can be told in each other, each with how many of the smallest it is. */
const measures: readonly Readonly<Record<string, number>>[] = [
  { ML: 1, CL: 10, L: 1_000, CBM: 1_000_000 },
  { MG: 1, G: 1_000, KG: 1_000_000 },
  { MM: 1, CM: 10, M: 1_000 },
  { OZ: 1, LB: 16 },
  { FLOZ: 1, PT: 16, QT: 32, GAL: 128 },
  { IN: 1, FT: 12, YD: 36 },
  { SQM: 1 },
  { SQFT: 1 },
];

/** The price of the base quantity; undefined where its unit cannot be told in that of the total. */
function pricePerUnit(price: number, data: PricePerUnitData | undefined): number | undefined {
  if (data === undefined) return undefined;
  for (const measure of measures) {
    const total = measure[data.totalMeasurementUnit];
    const base = measure[data.baseMeasurementUnit];
    if (total !== undefined && base !== undefined) {
      return (price * data.baseQuantity * base) / (data.totalQuantity * total);
    }
  }
  return undefined;
}
