// An app's endpoint: whatever comes is answered with the same rates.
import { serve } from "../rivals/serve.ts";

const answer = JSON.stringify({
  shippingRates: [{ code: "std", title: "Standard", cost: { price: "4.90", currency: "USD" } }],
});

serve((request, response) => {
  request.resume().on("end", () => {
    response.writeHead(200, { "content-type": "application/json" }).end(answer);
  });
});
