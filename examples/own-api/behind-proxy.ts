// Bookings, protected by a proxy such as those of examples/proxies: it lets through who may pass, and says who that is.
// PORT comes from the environment. Whoever reaches this port without the proxy may claim to be anybody: keep it on
// loopback or in a closed network.
import express, { type Express, type RequestHandler } from "express";
import { createBookings } from "./bookings.ts";

const identityHeaders = [
  "x-latchkey-app",
  "x-latchkey-instance",
  "x-latchkey-site",
  "x-latchkey-subject",
  "x-latchkey-permissions",
];

/** Answers 401 unless the proxy has set every identity header, each once. */
const requireIdentity: RequestHandler = (request, response, next) => {
  const complete = identityHeaders.every((name) => {
    const values = request.headersDistinct[name] ?? [];
    return values.length === 1 && values[0] !== "";
  });
  if (complete) next();
  else response.status(401).json({ message: "The proxy has not said who this request is from." });
};

/** The API under Express; it believes the headers that the proxy sets. */
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
    console.log(`Bookings are at 127.0.0.1:${PORT}, for the proxy alone`);
  });
}
