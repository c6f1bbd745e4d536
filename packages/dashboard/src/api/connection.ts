import { onlineManager } from "@tanstack/react-query";

const pollMs = 2_000;
let polling: ReturnType<typeof setInterval> | undefined;

/**
 * Notes that the server cannot be reached: queries and changes wait, a banner is shown, and every two seconds the server is
 * asked whether it is ready. Then what waits goes on, and what is shown is read again.
 */
export function noteUnreachable(): void {
  onlineManager.setOnline(false);
  polling ??= setInterval(() => void check(), pollMs);
}

/** Notes that the server responds. */
export function noteReachable(): void {
  clearInterval(polling);
  polling = undefined;
  onlineManager.setOnline(true);
}

async function check(): Promise<void> {
  const ready = await fetch("/readyz", { cache: "no-store" }).catch(() => undefined);
  if (ready?.ok) noteReachable();
}
