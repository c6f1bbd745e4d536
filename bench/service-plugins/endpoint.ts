// An app's endpoint that responds to every request with the same rates.
import { serve } from "../baselines/serve.ts";

const rates = JSON.stringify({
  shippingRates: [{ code: "std", title: "Standard", cost: { price: "4.90", currency: "USD" } }],
});

serve((request, response) => {
  request.resume().on("end", () => {
    response.writeHead(200, { "content-type": "application/json" }).end(rates);
  });
});
