import { type Clock, systemClock } from "../infrastructure/clock/index.ts";
import type { Platform } from "./platform.ts";
import type { RunningServer } from "./server.ts";

/** How a server ends. */
export interface ShutdownOptions {
  /** How long it serves on after `/readyz` has begun to say no, in milliseconds. */
  readonly drainDelayMs: number;
  /** How long requests in progress may take after that, in milliseconds; default 10,000. */
  readonly graceMs?: number;
  /** The machine's own time by default, whatever the platform's clock shows. */
  readonly clock?: Clock;
}

/** Ends a server so that no request is lost: it is not ready first, then takes no more, then closes its database. */
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
 * Ends the process at the first SIGTERM or SIGINT, with code 0 when `stop` succeeds. Later ones change nothing: npm
 * and shells hand on an interrupt that the terminal has sent already.
 */
export function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false;
  const once = (): void => {
    if (stopping) return;
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`latchkey: it did not stop well: ${String(error)}\n`, () => process.exit(1));
      },
    );
  };
  process.on("SIGINT", once);
  process.on("SIGTERM", once);
}
