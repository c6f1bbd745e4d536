// A thread that ends its process when a query runs far longer than the server allows: the server has ended then.
import { workerData } from "node:worker_threads";

const intervalMs = 8_000;
/** The first number counts starts and ends of queries: it is odd while a query runs. The second never changes. */
const queries = workerData as Int32Array;

for (let before = 0; ; ) {
  // Sleeps, so that a query does not have to wake this thread.
  Atomics.wait(queries, 1, 0, intervalMs);
  const now = Atomics.load(queries, 0);
  // While SQLite runs, the process does not react to other signals.
  if (now === before && now % 2 !== 0) process.kill(process.pid, "SIGKILL");
  before = now;
}
