import type { Clock } from "../clock.ts";
import { LatchkeyError } from "../errors.ts";
import { callBack } from "./call-back.ts";
import { createLimitedLog } from "./limited-log.ts";

/** A request that the app refused. */
export interface RefusedRequest {
  /** What the request was checked as; `request` when its body could not be read. */
  readonly kind: "webhook" | "service-plugin" | "page" | "user" | "request";
  /** Why the request was refused. It contains no token and no secret. */
  readonly error: LatchkeyError;
}

/** Called with each refused request; `false` reports none. */
export type OnRefused = ((refused: RefusedRequest) => unknown) | false;

/** Reports an error of a check. */
export type ReportRefused = (kind: RefusedRequest["kind"], error: unknown) => void;

const names: Readonly<Record<RefusedRequest["kind"], string>> = {
  webhook: "a webhook",
  "service-plugin": "a service plugin call",
  page: "a page request",
  user: "a request of a page's user",
  request: "a request",
};

/**
 * Creates the function that reports refused requests. Other errors than those of this package are left to the caller.
 *
 * @param onRefused Default: one line on stderr for each reason and minute
 */
export function createRefusedReport(
  onRefused: OnRefused | undefined,
  clock: Pick<Clock, "now">,
): ReportRefused {
  const write = createLimitedLog(clock);
  return (kind, error) => {
    if (onRefused === false || !LatchkeyError.is(error)) return;
    if (onRefused !== undefined) {
      void callBack(() => onRefused({ kind, error }));
      return;
    }
    const { code, message, reason } = error;
    const why = [code, reason].filter((text) => text !== undefined).join(", ");
    write(`${kind} ${why}`, `${names[kind]} was refused (${why}). ${message}`);
  };
}
