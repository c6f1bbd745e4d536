// A thread that ends its process when a query runs far past the limit of the server: the server is gone then.
import { workerData } from "node:worker_threads";

const patienceMs = 10_000;
/** Odd while a query runs. */
const queries = workerData as Int32Array;

for (;;) {
  const before = Atomics.load(queries, 0);
  const isRunning = before % 2 !== 0;
  const outcome = Atomics.wait(queries, 0, before, isRunning ? patienceMs : undefined);
  // Nothing milder ends a process while SQLite runs in it.
  if (outcome === "timed-out") process.kill(process.pid, "SIGKILL");
}
