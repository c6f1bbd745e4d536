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

/** Name, price, SKU (empty for none), description, and other fields. */
type Row = readonly [name: string, price: number, sku: string, text: string, more?: Partial<NewProduct>];

/** Products with fields in common. */
function group(common: Partial<NewProduct>, rows: readonly Row[]): NewProduct[] {
  return rows.map(([name, price, sku, text, more]) => ({
    name,
    price,
    sku,
    description: `<p>${text}</p>`,
    ...common,
    ...more,
  }));
}

/** A small shop for coffee and tea: 24 products, of which 22 are visible. */
const shop: readonly NewProduct[] = [
  ...group({ weight: 0.25, collectionIds: [coffee] }, [
    [
      "House Blend",
      14.5,
      "COF-HOUSE",
      "Chocolate and hazelnut; the one on the counter every morning.",
      { options: [bag, grind], manageVariants: true, ribbon: "Best seller", itemCost: 6.2 },
    ],
    [
      "Ethiopia Guji",
      18,
      "COF-GUJI",
      "Washed, with bergamot and peach.",
      { options: [bag, grind], ribbon: "New", itemCost: 8.4 },
    ],
    [
      "Colombia Huila",
      16.5,
      "COF-HUILA",
      "Red apple and caramel, from nine small farms.",
      { options: [bag, grind], quantity: 64 },
    ],
    [
      "Sumatra Gayo",
      17,
      "COF-GAYO",
      "Cedar, dark chocolate, hardly any acidity.",
      { options: [bag], quantity: 0 },
    ],
    ["Decaf Mexico", 15.5, "COF-DECAF", "Decaffeinated with mountain water.", { quantity: 31 }],
    [
      "Espresso No. 4",
      15,
      "COF-ESP4",
      "A heavy blend for small cups.",
      { options: [bag], discount: { type: "PERCENT", value: 10 } },
    ],
    [
      "Tasting Flight",
      32,
      "SET-FLIGHT",
      "Four bags of 100 g, a different country in each.",
      { weight: 0.4, collectionIds: [coffee, gifts], quantity: 18, ribbon: "Gift" },
    ],
  ]),
  ...group({ weight: 0.1, collectionIds: [tea] }, [
    ["Sencha", 12, "TEA-SENCHA", "Spring harvest from Shizuoka.", { quantity: 90 }],
    ["Darjeeling First Flush", 21, "TEA-DARJ1", "Light, floral, two minutes are enough.", { quantity: 12 }],
    ["Earl Grey", 9.5, "TEA-EARL", "Black tea with real bergamot oil."],
    ["Rooibos Vanilla", 8.75, "TEA-ROOI", "No caffeine, good with milk."],
    [
      "Peppermint",
      7.25,
      "TEA-MINT",
      "Whole leaves, dried in the shade.",
      { weight: 0.05, discount: { type: "AMOUNT", value: 1.25 } },
    ],
  ]),
  ...group({ weight: 0.4, collectionIds: [brewing] }, [
    [
      "Pour-Over Dripper",
      24,
      "BRW-DRIP",
      "Porcelain cone for one or two cups.",
      { options: [glaze], itemCost: 9 },
    ],
    [
      "Paper Filters, 100 pieces",
      6.5,
      "BRW-PAPER",
      "Unbleached, for the dripper.",
      { weight: 0.15, quantity: 240 },
    ],
    [
      "Hand Grinder",
      89,
      "BRW-GRIND",
      "Steel burrs, 36 settings.",
      {
        weight: 0.6,
        collectionIds: [brewing, gifts],
        quantity: 7,
        brand: "Millwright",
        discount: { type: "AMOUNT", value: 10 },
        infoSections: [{ title: "Warranty", description: "<p>Five years on the burrs.</p>" }],
      },
    ],
    [
      "Gooseneck Kettle",
      74.9,
      "BRW-KETTLE",
      "Holds 0.9 l and pours as slowly as you like.",
      { weight: 1.1, quantity: 15, brand: "Millwright" },
    ],
    ["French Press", 38, "BRW-PRESS", "Glass and beech, one litre.", { weight: 0.9, quantity: 22 }],
    ["Kitchen Scale", 45, "BRW-SCALE", "Exact to 0.1 g, with a timer.", { weight: 0.5, quantity: 0 }],
  ]),
  ...group({ weight: 0.35, collectionIds: [tableware, gifts] }, [
    ["Stoneware Mug", 19, "TBL-MUG", "Thrown by hand, 300 ml.", { options: [glaze], ribbon: "Handmade" }],
    [
      "Espresso Cup and Saucer",
      16,
      "TBL-ESPR",
      "Thick walls keep 60 ml warm.",
      { weight: 0.3, options: [glaze], collectionIds: [tableware] },
    ],
    [
      "Linen Tea Towel",
      11,
      "TBL-TOWEL",
      "Washed linen, softer each time.",
      { weight: 0.12, options: [cloth] },
    ],
  ]),
  ...group({ collectionIds: [gifts], productType: "digital" }, [
    ["Gift Card", 50, "", "Sent by e-mail, valid for three years."],
  ]),
  ...group({ weight: 0.25, collectionIds: [coffee], visible: false }, [
    ["Winter Blend (in preparation)", 15.5, "COF-WINTER", "Orange peel and clove; on sale from November."],
  ]),
  ...group({ productType: "digital", visible: false }, [
    ["Staff Training Video", 0, "", "How we pour. Not for sale."],
  ]),
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
