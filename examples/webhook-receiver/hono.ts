// The app on Hono, for Node and workers. The variables, including PORT, come from .latchkey/demo.env.
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { createReceiver, type Receiver } from "./receiver.ts";

/** Hono provides a web `Request`, which `app.fetch` accepts. */
export function createHonoApp({ app, instances }: Receiver): Hono {
  return new Hono()
    .post("/webhooks", (c) => app.fetch(c.req.raw))
    .get("/instances", (c) => c.json(instances.list()));
}

if (import.meta.main) {
  const { PORT = "3000" } = process.env;
  const { fetch } = createHonoApp(createReceiver(process.env));
  serve({ fetch, port: Number(PORT), hostname: "127.0.0.1" }, () => {
    console.log(`Webhooks are received at http://127.0.0.1:${PORT}/webhooks`);
  });
}
