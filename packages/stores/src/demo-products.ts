import {
  type NewProduct,
  newProduct,
  type ProductContext,
  type UnnumberedProduct,
} from "./catalog/new-product.ts";
import { newCollection, type StoredCollection } from "./collections/index.ts";

const coffee = "c0ffee00-0000-4000-8000-000000000001";
const tea = "c0ffee00-0000-4000-8000-000000000002";
const brewing = "c0ffee00-0000-4000-8000-000000000003";
const tableware = "c0ffee00-0000-4000-8000-000000000004";
const gifts = "c0ffee00-0000-4000-8000-000000000005";

const bag = {
  name: "Size",
  choices: [{ description: "250 g" }, { description: "1 kg" }],
};
const grind = {
  name: "Grind",
  choices: [{ description: "Whole bean" }, { description: "Filter" }, { description: "Espresso" }],
};
const glaze = {
  name: "Color",
  type: "color",
  choices: [
    { description: "Chalk", value: "#f4f1ea" },
    { description: "Slate", value: "#4a5459" },
    { description: "Moss", value: "#6b7a4b", inStock: false },
  ],
} as const;
const cloth = { name: "Color", choices: [{ description: "Natural" }, { description: "Ink" }] };

/** A small shop for coffee and tea: 24 products, of which 22 are visible. */
const shop: readonly NewProduct[] = [
  {
    name: "House Blend",
    price: 14.5,
    sku: "COF-HOUSE",
    description: "<p>Chocolate and hazelnut; the one on the counter every morning.</p>",
    weight: 0.25,
    options: [bag, grind],
    manageVariants: true,
    collectionIds: [coffee],
    ribbon: "Best seller",
    itemCost: 6.2,
  },
  {
    name: "Ethiopia Guji",
    price: 18,
    sku: "COF-GUJI",
    description: "<p>Washed, with bergamot and peach.</p>",
    weight: 0.25,
    options: [bag, grind],
    collectionIds: [coffee],
    ribbon: "New",
    itemCost: 8.4,
  },
  {
    name: "Colombia Huila",
    price: 16.5,
    sku: "COF-HUILA",
    description: "<p>Red apple and caramel, from nine small farms.</p>",
    weight: 0.25,
    options: [bag, grind],
    collectionIds: [coffee],
    quantity: 64,
  },
  {
    name: "Sumatra Gayo",
    price: 17,
    sku: "COF-GAYO",
    description: "<p>Cedar, dark chocolate, hardly any acidity.</p>",
    weight: 0.25,
    options: [bag],
    collectionIds: [coffee],
    quantity: 0,
  },
  {
    name: "Decaf Mexico",
    price: 15.5,
    sku: "COF-DECAF",
    description: "<p>Decaffeinated with mountain water.</p>",
    weight: 0.25,
    collectionIds: [coffee],
    quantity: 31,
  },
  {
    name: "Espresso No. 4",
    price: 15,
    sku: "COF-ESP4",
    description: "<p>A heavy blend for small cups.</p>",
    weight: 0.25,
    options: [bag],
    collectionIds: [coffee],
    discount: { type: "PERCENT", value: 10 },
  },
  {
    name: "Tasting Flight",
    price: 32,
    sku: "SET-FLIGHT",
    description: "<p>Four bags of 100 g, a different country in each.</p>",
    weight: 0.4,
    collectionIds: [coffee, gifts],
    quantity: 18,
    ribbon: "Gift",
  },
  {
    name: "Sencha",
    price: 12,
    sku: "TEA-SENCHA",
    description: "<p>Spring harvest from Shizuoka.</p>",
    weight: 0.1,
    collectionIds: [tea],
    quantity: 90,
  },
  {
    name: "Darjeeling First Flush",
    price: 21,
    sku: "TEA-DARJ1",
    description: "<p>Light, floral, two minutes are enough.</p>",
    weight: 0.1,
    collectionIds: [tea],
    quantity: 12,
  },
  {
    name: "Earl Grey",
    price: 9.5,
    sku: "TEA-EARL",
    description: "<p>Black tea with real bergamot oil.</p>",
    weight: 0.1,
    collectionIds: [tea],
  },
  {
    name: "Rooibos Vanilla",
    price: 8.75,
    sku: "TEA-ROOI",
    description: "<p>No caffeine, good with milk.</p>",
    weight: 0.1,
    collectionIds: [tea],
  },
  {
    name: "Peppermint",
    price: 7.25,
    sku: "TEA-MINT",
    description: "<p>Whole leaves, dried in the shade.</p>",
    weight: 0.05,
    collectionIds: [tea],
    discount: { type: "AMOUNT", value: 1.25 },
  },
  {
    name: "Pour-Over Dripper",
    price: 24,
    sku: "BRW-DRIP",
    description: "<p>Porcelain cone for one or two cups.</p>",
    weight: 0.4,
    options: [glaze],
    collectionIds: [brewing],
    itemCost: 9,
  },
  {
    name: "Paper Filters, 100 pieces",
    price: 6.5,
    sku: "BRW-PAPER",
    description: "<p>Unbleached, for the dripper.</p>",
    weight: 0.15,
    collectionIds: [brewing],
    quantity: 240,
  },
  {
    name: "Hand Grinder",
    price: 89,
    sku: "BRW-GRIND",
    description: "<p>Steel burrs, 36 settings.</p>",
    weight: 0.6,
    collectionIds: [brewing, gifts],
    quantity: 7,
    brand: "Millwright",
    discount: { type: "AMOUNT", value: 10 },
    infoSections: [{ title: "Warranty", description: "<p>Five years on the burrs.</p>" }],
  },
  {
    name: "Gooseneck Kettle",
    price: 74.9,
    sku: "BRW-KETTLE",
    description: "<p>Holds 0.9 l and pours as slowly as you like.</p>",
    weight: 1.1,
    collectionIds: [brewing],
    quantity: 15,
    brand: "Millwright",
  },
  {
    name: "French Press",
    price: 38,
    sku: "BRW-PRESS",
    description: "<p>Glass and beech, one litre.</p>",
    weight: 0.9,
    collectionIds: [brewing],
    quantity: 22,
  },
  {
    name: "Kitchen Scale",
    price: 45,
    sku: "BRW-SCALE",
    description: "<p>Exact to 0.1 g, with a timer.</p>",
    weight: 0.5,
    collectionIds: [brewing],
    quantity: 0,
  },
  {
    name: "Stoneware Mug",
    price: 19,
    sku: "TBL-MUG",
    description: "<p>Thrown by hand, 300 ml.</p>",
    weight: 0.35,
    options: [glaze],
    collectionIds: [tableware, gifts],
    ribbon: "Handmade",
  },
  {
    name: "Espresso Cup and Saucer",
    price: 16,
    sku: "TBL-ESPR",
    description: "<p>Thick walls keep 60 ml warm.</p>",
    weight: 0.3,
    options: [glaze],
    collectionIds: [tableware],
  },
  {
    name: "Linen Tea Towel",
    price: 11,
    sku: "TBL-TOWEL",
    description: "<p>Washed linen, softer each time.</p>",
    weight: 0.12,
    options: [cloth],
    collectionIds: [tableware, gifts],
  },
  {
    name: "Gift Card",
    price: 50,
    description: "<p>Sent by e-mail, valid for three years.</p>",
    productType: "digital",
    collectionIds: [gifts],
  },
  {
    name: "Winter Blend (in preparation)",
    price: 15.5,
    sku: "COF-WINTER",
    description: "<p>Orange peel and clove; on sale from November.</p>",
    weight: 0.25,
    collectionIds: [coffee],
    visible: false,
  },
  {
    name: "Staff Training Video",
    price: 0,
    description: "<p>How we pour. Not for sale.</p>",
    productType: "digital",
    visible: false,
  },
];

/** The products of the demo store. Their ids are the same at every start. */
export function demoProducts(context: Omit<ProductContext, "productId">): UnnumberedProduct[] {
  return shop.map((product, index) => {
    const number = String(index + 1).padStart(12, "0");
    return newProduct(product, { ...context, productId: `de300000-0000-4000-8000-${number}` });
  });
}

/** The collections of the demo store, with the ids that its products use. */
export function demoCollections(): StoredCollection[] {
  return [
    newCollection(coffee, "Coffee"),
    newCollection(tea, "Tea"),
    newCollection(brewing, "Brewing"),
    newCollection(tableware, "Tableware"),
    newCollection(gifts, "Gifts"),
  ];
}
