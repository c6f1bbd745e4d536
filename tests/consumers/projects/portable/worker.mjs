import { httpClient } from "@latchkey/sdk/essentials";
import { readProducts } from "./read-products.mjs";

export default {
  async fetch(_request, env) {
    if (typeof httpClient.fetchWithAuth !== "function") throw new Error("The HTTP client is missing.");
    return new Response(await readProducts(env));
  },
};
