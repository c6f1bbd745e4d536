// A bookings API behind a proxy such as those of examples/proxies, which authorizes requests and adds identity
// headers. PORT comes from the environment. A client that reaches this port without the proxy can claim any identity,
// so keep the port on loopback or in a closed network.
import express, { type Express, type RequestHandler } from "express";
import { createBookings } from "./bookings.ts";

const identityHeaders = [
  "x-latchkey-app",
  "x-latchkey-instance",
  "x-latchkey-site",
  "x-latchkey-subject",
  "x-latchkey-permissions",
];

/** Returns 401 unless each identity header of the proxy is present exactly once. */
const requireIdentity: RequestHandler = (request, response, next) => {
  const complete = identityHeaders.every((name) => {
    const values = request.headersDistinct[name] ?? [];
    return values.length === 1 && values[0] !== "";
  });
  if (complete) next();
  else
    response.status(401).json({
      message: "The identity headers of the proxy are missing. Send the request through the proxy.",
    });
};

/** The API on Express. It trusts the headers of the proxy. */
export function createTrustingApi(): Express {
  const bookings = createBookings();
  const api = express().use(express.json());

  api.get("/opening-hours", (_request, response) => {
    response.json({ opens: "08:00", closes: "22:00" });
  });
  api.get("/bookings", requireIdentity, (request, response) => {
    response.json({ bookings: bookings.ofSite(siteOf(request)) });
  });
  api.post("/bookings", requireIdentity, (request, response) => {
    response.json({ booking: bookings.add(siteOf(request), String(request.body.guest)) });
  });
  return api;
}

function siteOf(request: express.Request): string {
  return request.header("x-latchkey-site") ?? "";
}

if (import.meta.main) {
  const { PORT = "5501" } = process.env;
  createTrustingApi().listen(Number(PORT), "127.0.0.1", () => {
    console.log(`Bookings are at 127.0.0.1:${PORT}, for the proxy only`);
  });
}
