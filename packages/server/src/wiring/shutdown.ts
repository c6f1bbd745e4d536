import { type Clock, systemClock } from "../infrastructure/clock/index.ts";
import type { Platform } from "./platform.ts";
import type { RunningServer } from "./server.ts";
import { describeStartupError } from "./startup-error.ts";

export interface ShutdownOptions {
  /** Milliseconds between the first 503 of `/readyz` and the moment when the server accepts no more connections. */
  readonly drainDelayMs: number;
  /** Milliseconds that requests in progress may take after that; default 10,000. */
  readonly graceMs?: number;
  /** Default: real time. */
  readonly clock?: Clock;
}

/** Stops a server without losing requests: `/readyz` returns 503, then connections are closed, then the database. */
export async function shutDown(
  { platform, server }: { platform: Platform; server: RunningServer },
  { clock = systemClock, drainDelayMs, graceMs }: ShutdownOptions,
): Promise<void> {
  platform.drain();
  await new Promise<void>((resolve) => clock.after(drainDelayMs, resolve));
  await server.stop(graceMs);
  await platform.close();
}

/**
 * Ends the process at the first SIGTERM or SIGINT, with exit code 0 when `stop` succeeds, and with 1 when the platform
 * fails. Later signals are ignored, because npm and shells repeat an interrupt of the terminal.
 */
export function stopOnSignal(stop: () => Promise<void>, failure?: Platform["failure"]): void {
  let stopping = false;
  const once = (exitCode: number): void => {
    if (stopping) return;
    stopping = true;
    stop().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        process.stderr.write(`latchkey: stopping failed: ${String(error)}\n`, () => process.exit(1));
      },
    );
  };
  process.on("SIGINT", () => once(0));
  process.on("SIGTERM", () => once(0));
  void failure?.then((error) => {
    process.stderr.write(`latchkey: ${describeStartupError(error)}\n`);
    once(1);
  });
}
