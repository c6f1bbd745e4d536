import { seededAt, seededId } from "./seeded-ids.ts";
import { inserts } from "./seeded-instances.ts";

/** SQL that inserts products of a site, with the documents of {@link seededProduct}. */
export function* products(siteId: string, count: number): Iterable<string> {
  const columns =
    "site_id, product_id, numeric_id, visible, price, created_at, updated_at, product_type, inventory_status, " +
    "name, name_folded, slug, slug_folded, sku, sku_folded, description, description_folded, document, variants, merchant_data, merchant_variants";
  yield* inserts(`stores_products (${columns})`, count, (index) => {
    const { variants, ...shown } = seededProduct(index);
    const product = { ...shown, variants: [] };
    const { description, id, name, sku, slug } = product;
    const times = [seededAt + index, seededAt + index];
    const texts = [name, name.toLowerCase(), slug, slug, sku, sku.toLowerCase()];
    return [
      ...[siteId, id, index + 1, 1, product.priceData.price, ...times, "physical", "IN_STOCK"],
      ...[...texts, description, description.toLowerCase(), JSON.stringify(product)],
      ...[JSON.stringify(variants), "{}", ""],
    ];
  });
  const numbers = "site_id, last_numeric_id, products, visible_products";
  yield* inserts(`stores_product_numbers (${numbers})`, 1, () => [siteId, count, count, count]);
}

/**
 * The document of a V1 product, about two kilobytes. Prices are whole and spread evenly from 1 to 100;
 * names end with the index in five digits.
 */
function seededProduct(index: number) {
  const id = seededId("product", index);
  const number = String(index).padStart(5, "0");
  const price = (index % 100) + 1;
  const priceData = {
    currency: "USD",
    price,
    discountedPrice: price,
    formatted: { price: `$${price}.00`, discountedPrice: `$${price}.00` },
  };
  const stock = { trackInventory: false, inStock: true };
  const time = new Date(seededAt + index).toISOString();
  return {
    id,
    name: `Product ${number}`,
    slug: `product-${number}`,
    visible: true,
    productType: "physical",
    description: `<p>Number ${number} of many: plain, useful, and here to be found by a query.</p>`,
    sku: `SKU-${number}`,
    weight: 1,
    weightRange: { minValue: 1, maxValue: 1 },
    stock: { ...stock, inventoryStatus: "IN_STOCK" },
    price: priceData,
    priceData,
    convertedPriceData: priceData,
    priceRange: { minValue: price, maxValue: price },
    additionalInfoSections: [{ title: "Care", description: "<p>Wipe it with a cloth.</p>" }],
    ribbons: [],
    ribbon: "",
    media: { items: [] },
    customTextFields: [],
    manageVariants: false,
    productOptions: [],
    productPageUrl: { base: "https://shop.example", path: `/product-page/product-${number}` },
    numericId: String(index + 1),
    inventoryItemId: id,
    discount: { type: "NONE", value: 0 },
    collectionIds: [],
    lastUpdated: time,
    createdDate: time,
    seoData: { tags: [] },
    variants: [
      {
        id: `${id.slice(0, 24)}000000000000`,
        choices: {},
        variant: { priceData, convertedPriceData: priceData, weight: 1, sku: `SKU-${number}`, visible: true },
        stock,
      },
    ],
  };
}
