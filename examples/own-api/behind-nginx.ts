// Bookings, protected by the nginx before them: it lets through who may pass, and says who that is. PORT comes from the
// environment. Whoever reaches this port without nginx may say anything: keep it on loopback or in a closed network.
import express, { type Express } from "express";
import { createBookings } from "./bookings.ts";

/** The API under Express; it believes the headers that nginx.conf sets. */
export function createTrustingApi(): Express {
  const bookings = createBookings();
  const api = express().use(express.json());

  api.get("/opening-hours", (_request, response) => {
    response.json({ opens: "08:00", closes: "22:00" });
  });
  api.get("/bookings", (request, response) => {
    response.json({ bookings: bookings.ofSite(siteOf(request.header("x-latchkey-site"))) });
  });
  api.post("/bookings", (request, response) => {
    const siteId = siteOf(request.header("x-latchkey-site"));
    response.json({ booking: bookings.add(siteId, String(request.body.guest)) });
  });
  return api;
}

function siteOf(header: string | undefined): string {
  if (header === undefined) throw new Error("nginx has not said which site this is for; is auth_request on?");
  return header;
}

if (import.meta.main) {
  const { PORT = "5501" } = process.env;
  createTrustingApi().listen(Number(PORT), "127.0.0.1", () => {
    console.log(`Bookings are at 127.0.0.1:${PORT}, for nginx alone`);
  });
}
