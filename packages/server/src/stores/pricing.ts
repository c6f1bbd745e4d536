import type { CostAndProfitData, Discount, PriceData, Range } from "./product.ts";

/** What the merchant alone may see. */
interface MerchantData {
  readonly costAndProfitData?: CostAndProfitData;
  readonly costRange?: Range;
}

/**
 * The computed fields of a price.
 *
 * @param currency ISO 4217; decides digits and symbol
 */
export function pricing(
  input: { readonly price: number; readonly discount?: Discount; readonly itemCost?: number },
  currency: string,
): { priceData: PriceData; merchantData: MerchantData } {
  const format = new Intl.NumberFormat("en-US", { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const rounded = (amount: number): number => Number(amount.toFixed(digits));
  const discountedPrice = rounded(discounted(input.price, input.discount));
  const priceData = {
    currency,
    price: input.price,
    discountedPrice,
    formatted: { price: format.format(input.price), discountedPrice: format.format(discountedPrice) },
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

function discounted(price: number, discount: Discount | undefined): number {
  if (discount?.type === "AMOUNT") return Math.max(0, price - discount.value);
  if (discount?.type === "PERCENT") return price * (1 - discount.value / 100);
  return price;
}
