// Endpoints for webhooks: whatever comes is answered 200, but under /stalls nothing is ever answered. Tells over IPC
// what has come, and when.
import { createServer } from "node:http";

interface Report {
  readonly count: number;
  /** Of the first and the last arrival, in milliseconds of the machine's clock. */
  readonly first: number;
  readonly last: number;
}

let arrivals: { id: string; at: number }[] = [];
let count = 0;
let first = 0;
let last = 0;

const server = createServer((request, response) => {
  request.resume().on("end", () => {
    if (request.url?.startsWith("/stalls")) return;
    last = performance.timeOrigin + performance.now();
    if (count === 0) first = last;
    count += 1;
    if (arrivals.length < 100_000) arrivals.push({ id: String(request.headers["webhook-id"]), at: last });
    response.end();
  });
});

process.on("message", (message) => {
  if (message === "listen") {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      process.send?.(typeof address === "object" && address !== null ? address.port : 0);
    });
  } else if (message === "count") {
    process.send?.({ count, first, last } satisfies Report);
  } else if (message === "arrivals") {
    process.send?.(arrivals);
  } else if (message === "reset") {
    arrivals = [];
    count = 0;
    process.send?.(true);
  }
});
