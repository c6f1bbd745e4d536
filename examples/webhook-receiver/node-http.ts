// An app behind node:http. Variables come from .latchkey/demo.env, PORT too.
import { createServer, type Server } from "node:http";
import { nodeHandler } from "@latchkey/sdk";
import { createReceiver, type Receiver } from "./receiver.ts";

/** Every path is for webhooks. */
export function createNodeServer({ app }: Receiver): Server {
  return createServer(nodeHandler(app.fetch));
}

if (import.meta.main) {
  const { PORT = "3000" } = process.env;
  createNodeServer(createReceiver(process.env)).listen(Number(PORT), "127.0.0.1", () => {
    console.log(`Webhooks are received at http://127.0.0.1:${PORT}/`);
  });
}
