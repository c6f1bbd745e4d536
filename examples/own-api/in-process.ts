// A bookings API that checks access tokens itself. LATCHKEY_URL, LATCHKEY_API_KEY and PORT come from the environment.
import {
  accessOf,
  createResourceServer,
  expressGuard,
  type ResourceServerOptions,
} from "@latchkey/sdk/resource-server";
import express, { type Express } from "express";
import { createBookings } from "./bookings.ts";

/** The identifier of this API on the platform. */
export const audience = "urn:example:bookings";

/** The API on Express. Each route names the required permission. */
export function createGuardedApi(protection: ResourceServerOptions): Express {
  const bookings = createBookings();
  const platform = createResourceServer(protection);
  const api = express().use(express.json());

  api.get("/opening-hours", (_request, response) => {
    response.json({ opens: "08:00", closes: "22:00" });
  });
  api.get("/bookings", expressGuard(platform, "BOOKINGS.READ"), (request, response) => {
    response.json({ bookings: bookings.ofSite(accessOf(request).siteId) });
  });
  api.post("/bookings", expressGuard(platform, "BOOKINGS.MANAGE"), (request, response) => {
    response.json({ booking: bookings.add(accessOf(request).siteId, String(request.body.guest)) });
  });
  return api;
}

if (import.meta.main) {
  const { LATCHKEY_API_KEY = "", LATCHKEY_URL = "http://127.0.0.1:4400", PORT = "5500" } = process.env;
  const onUnavailable = (error: Error): void => console.error(error.message);
  const protection = { issuer: LATCHKEY_URL, audience, apiKey: LATCHKEY_API_KEY, onUnavailable };
  createGuardedApi(protection).listen(Number(PORT), "127.0.0.1", () => {
    console.log(`Bookings are at http://127.0.0.1:${PORT}/bookings`);
  });
}
