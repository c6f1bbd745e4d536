// Responds to every token request with the same token and to every other request with the same page of products, so that
// only the call itself is measured.
import { serve } from "./serve.ts";

const token = body({ access_token: "x".repeat(700), token_type: "Bearer", expires_in: 14_400 });
const products = body({
  products: Array.from({ length: 3 }, (_, index) => ({
    id: `0c0de000-0000-4000-8000-00000000000${index}`,
    name: `Product ${index}`,
    slug: `product-${index}`,
    visible: true,
    productType: "physical",
    description: "<p>Plain and useful.</p>",
    sku: `SKU-${index}`,
    weight: 1,
    stock: { trackInventory: false, inStock: true, inventoryStatus: "IN_STOCK" },
    price: { currency: "USD", price: 10 + index, discountedPrice: 10 + index },
    ribbons: [],
    numericId: `${1_790_000_000_000 + index}`,
    lastUpdated: "2026-01-02T03:04:05.678Z",
    createdDate: "2026-01-02T03:04:05.678Z",
  })),
  metadata: { count: 3, offset: 0, total: 3 },
});

serve((request, response) => {
  request.resume().on("end", () => {
    const bytes = request.url === "/oauth2/token" ? token : products;
    response.writeHead(200, { "content-type": "application/json", "content-length": bytes.length });
    response.end(bytes);
  });
});

function body(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
