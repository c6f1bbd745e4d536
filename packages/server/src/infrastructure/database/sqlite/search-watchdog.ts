// A thread that ends its process when a query runs far longer than the server allows: the server has ended then.
import { workerData } from "node:worker_threads";

const maxQueryMs = 10_000;
/** Odd while a query runs. */
const queries = workerData as Int32Array;

for (;;) {
  const before = Atomics.load(queries, 0);
  const isRunning = before % 2 !== 0;
  const outcome = Atomics.wait(queries, 0, before, isRunning ? maxQueryMs : undefined);
  // While SQLite runs, the process does not react to other signals.
  if (outcome === "timed-out") process.kill(process.pid, "SIGKILL");
}
