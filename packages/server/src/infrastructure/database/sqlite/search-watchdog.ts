// A thread that ends its process when a query runs far longer than the server allows: the server is gone then.
import { workerData } from "node:worker_threads";

const intervalMs = 8_000;
/** The first number counts starts and ends of queries: it is odd while a query runs. The second never changes. */
const queries = workerData as Int32Array;

for (let before = 0; ; ) {
  // A thread that only sleeps costs a query no wake-up.
  Atomics.wait(queries, 1, 0, intervalMs);
  const now = Atomics.load(queries, 0);
  // Nothing milder ends a process while SQLite runs in it.
  if (now === before && now % 2 !== 0) process.kill(process.pid, "SIGKILL");
  before = now;
}
