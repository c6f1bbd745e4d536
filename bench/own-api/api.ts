// A minimal API: open, protected online, and protected offline.
import { AccessRefused, createResourceServer, type ResourceServer } from "@latchkey/sdk/resource-server";
import { serve } from "../baselines/serve.ts";

const { API_KEY = "", API_URL = "", AUDIENCE: audience = "", ISSUER: issuer = "" } = process.env;
const common = { issuer, audience, apiUrl: API_URL };
const guards: Readonly<Record<string, ResourceServer | undefined>> = {
  "/open": undefined,
  "/online": createResourceServer({ ...common, apiKey: API_KEY }),
  "/offline": createResourceServer({ ...common, offline: true }),
};
const bookings = Buffer.from(JSON.stringify({ bookings: [] }));

serve(async (request, response) => {
  try {
    await guards[request.url ?? ""]?.require(request, "BOOKINGS.READ");
    response.writeHead(200, { "content-type": "application/json", "content-length": bookings.length });
    response.end(bookings);
  } catch (error) {
    response.writeHead(error instanceof AccessRefused ? error.status : 500, { "content-length": 0 });
    response.end();
  }
});
