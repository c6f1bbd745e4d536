// Endpoints for webhooks: whatever comes is answered 200, but under /stalls nothing is ever answered. Tells over IPC
// what has come, and when.
import { createServer } from "node:http";

interface Report {
  readonly count: number;
  /** When half of what was expected had arrived, and when the last did, in milliseconds of the machine's clock. */
  readonly half: number;
  readonly last: number;
}

let arrivals: { id: string; at: number }[] = [];
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
    if (arrivals.length < 100_000) arrivals.push({ id: String(request.headers["webhook-id"]), at: last });
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
  } else if (message === "arrivals") {
    process.send?.(arrivals);
  } else if (typeof message === "object") {
    halfOf = (message as { expected: number }).expected / 2;
    arrivals = [];
    count = 0;
    process.send?.(true);
  }
});
