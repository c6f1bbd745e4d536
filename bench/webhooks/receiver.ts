// Webhook endpoints that return 200; endpoints under /stalls never respond. Reports deliveries and their times over IPC.
import { createServer } from "node:http";

interface Report {
  readonly count: number;
  /** The times of the delivery in the middle and of the last one, in epoch milliseconds. */
  readonly half: number;
  readonly last: number;
}

let deliveries: { id: string; at: number }[] = [];
let count = 0;
let half = 0;
let last = 0;
let halfOf = 0;

const server = createServer((request, response) => {
  request.resume().on("end", () => {
    if (request.url?.startsWith("/stalls")) return;
    last = performance.timeOrigin + performance.now();
    count += 1;
    if (count === halfOf) half = last;
    if (deliveries.length < 100_000) deliveries.push({ id: String(request.headers["webhook-id"]), at: last });
    response.end();
  });
});

const listening = new Promise<number>((resolve) => {
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    resolve(typeof address === "object" && address !== null ? address.port : 0);
  });
});

process.on("message", (message) => {
  if (message === "listen") {
    void listening.then((port) => process.send?.(port));
  } else if (message === "count") {
    process.send?.({ count, half, last } satisfies Report);
  } else if (message === "deliveries") {
    process.send?.(deliveries);
  } else if (typeof message === "object") {
    halfOf = (message as { expected: number }).expected / 2;
    deliveries = [];
    count = 0;
    process.send?.(true);
  }
});
