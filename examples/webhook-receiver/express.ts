// The app on Express. The variables, including PORT, come from .latchkey/demo.env.
import { nodeHandler } from "@latchkey/sdk";
import express, { type Express } from "express";
import { createReceiver, type Receiver } from "./receiver.ts";

/** The webhook route precedes the body parser, because the signature covers the original text. */
export function createExpressApp({ app, instances }: Receiver): Express {
  return express()
    .post("/webhooks", nodeHandler(app.fetch))
    .use(express.json())
    .get("/instances", (_request, response) => void response.json(instances.list()));
}

if (import.meta.main) {
  const { PORT = "3000" } = process.env;
  createExpressApp(createReceiver(process.env)).listen(Number(PORT), "127.0.0.1", () => {
    console.log(`Webhooks are received at http://127.0.0.1:${PORT}/webhooks`);
  });
}
