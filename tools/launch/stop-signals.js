import { constants } from "node:os";
import { whenNpmEnds } from "./npm-process.js";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Calls `stop` once with the exit code to use: at Ctrl-C, at a signal to end, or when the npm that started this process has
 * ended. Returns a function that takes this back.
 */
export function onStop(stop) {
  let stopped = false;
  const stopOnce = (signal) => {
    if (stopped) return;
    stopped = true;
    stop(128 + constants.signals[signal]);
  };
  for (const signal of signals) process.on(signal, stopOnce);
  const cancel = whenNpmEnds(() => stopOnce("SIGTERM"));
  return () => {
    for (const signal of signals) process.off(signal, stopOnce);
    cancel();
  };
}
