// The app on node:http. The variables, including PORT, come from .latchkey/demo.env.
import { createServer, type Server } from "node:http";
import { nodeHandler } from "@latchkey/sdk";
import { createReceiver, type Receiver } from "./receiver.ts";

/** All paths receive webhooks. */
export function createNodeServer({ app }: Receiver): Server {
  return createServer(nodeHandler(app.fetch));
}

if (import.meta.main) {
  const { PORT = "3000" } = process.env;
  createNodeServer(createReceiver(process.env)).listen(Number(PORT), "127.0.0.1", () => {
    console.log(`Webhooks are received at http://127.0.0.1:${PORT}/`);
  });
}
