import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** Serves on a free loopback port and tells the parent its URL, if it asks. */
export function serve(listener: RequestListener): void {
  const server = createServer(listener);
  // As long as the load lasts: a connection that the server drops while idle would count as a failure.
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  process.on("message", (message) => {
    if (message !== "url") return;
    const answer = () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    if (server.listening) answer();
    else server.once("listening", answer);
  });
}
