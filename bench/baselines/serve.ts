import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** Serves on a free loopback port, and replies with the URL to the message `url` of the parent process. */
export function serve(listener: RequestListener): void {
  const server = createServer(listener);
  // Longer than a run: a connection that the server closes while idle would count as a failure.
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  process.on("message", (message) => {
    if (message !== "url") return;
    const reply = () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    if (server.listening) reply();
    else server.once("listening", reply);
  });
}
