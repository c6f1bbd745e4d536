import { styleText } from "node:util";
import { seconds, systemClock } from "../clock/index.ts";

interface Entry extends Readonly<Record<string, unknown>> {
  readonly level: number;
  readonly msg: string;
  readonly time: string;
}

const maxCallsPerSecond = 20;
const maxLineLength = 500;
const maxStackLines = 20;
const levels: Readonly<Record<number, string>> = {
  40: styleText("yellow", "warn"),
  50: styleText("red", "error"),
  60: styleText("red", "error"),
};

/**
 * Returns the destination of a log for people: one line of text for each entry. Requests, delivery attempts and plugin calls
 * are limited to 20 lines a second.
 *
 * @param write receives text with its line break
 * @param isDebug whether each request, attempt and call has an entry of its own, besides the sampled ones
 */
export function textLog(
  write: (text: string) => void,
  isDebug: () => boolean,
): { write(json: string): void } {
  let calls = 0;
  /** How far the clock of the platform was moved, such as `+4h`. */
  let clock: string | undefined;
  const beginSecond = (): void => {
    const leftOut = calls - maxCallsPerSecond;
    if (leftOut > 0) write(styleText("dim", `… and ${leftOut} lines of other requests and deliveries\n`));
    calls = 0;
  };
  return {
    write(json) {
      const entry = JSON.parse(json) as Entry;
      if (entry.sampled && isDebug()) return;
      if (entry.clock !== undefined) clock = entry.clock === "+0s" ? undefined : String(entry.clock);
      if (isCall(entry)) {
        if (calls === 0) systemClock.after(seconds(1), beginSecond);
        calls += 1;
        if (calls > maxCallsPerSecond) return;
      }
      write(`${lineOf(isCall(entry) ? { ...entry, clock } : entry)}\n`);
    },
  };
}

/** Whether the entry is a request, a delivery attempt or a plugin call, other than an error of the server. */
function isCall({ durationMs, level }: Entry): boolean {
  return durationMs !== undefined && level < 50;
}

/** The line of an entry, and below it the stack of an error. */
function lineOf({ stack, ...entry }: Entry): string {
  const time = styleText("dim", entry.time.slice(11, 19));
  const parts = isCall(entry) ? callParts(entry) : messageParts(entry);
  const text = parts.filter((part) => part !== "").join("  ");
  const line = [time, levels[entry.level] ?? "", printable(text)].filter((part) => part !== "").join("  ");
  return [line, ...stackLines(stack)].join("\n");
}

function stackLines(stack: unknown): string[] {
  if (typeof stack !== "string") return [];
  const lines = stack.split("\n").slice(0, maxStackLines);
  return lines.map((line) => `    ${printable(line.trim())}`);
}

function callParts(entry: Entry): string[] {
  const { body, clock, componentType, detail, durationMs, eventType, host, method, outcome, reason } = entry;
  const { request, retryInMs, route, status, text, url, why } = entry;
  const reasons = [reason && words(String(reason)), text ?? why ?? detail];
  return [
    String(request ?? route ?? (eventType ? `${eventType} -> ${url ?? host}` : `${componentType} ${method}`)),
    String(status ?? words(String(outcome))),
    `${durationMs} ms`,
    reasons.filter((part) => part).join(": "),
    body === undefined ? "" : `body ${body}`,
    retryInMs === undefined ? "" : `next attempt in ${Math.round(Number(retryInMs) / 1_000)} s`,
    ...idsOf(entry),
    clock === undefined ? "" : `clock ${clock}`,
  ];
}

/** The ids that find a failure in the API; for what succeeded, only the app. */
function idsOf({ appId, deliveryId, outcome, requestId, status }: Entry): string[] {
  const succeeded = outcome === "delivered" || outcome === "ANSWERED" || Number(status) < 400;
  const ids = { app: appId, ...(!succeeded && { delivery: deliveryId, request: requestId }) };
  return Object.entries(ids).map(([name, id]) => (id === undefined ? "" : `${name} ${id}`));
}

const words = (code: string): string => code.toLowerCase().replaceAll("_", " ");

function messageParts({
  hostname,
  level,
  msg,
  pid,
  sampled,
  text,
  time,
  version,
  why,
  ...fields
}: Entry): string[] {
  const head = [msg, text ?? why].filter((part) => part !== undefined && part !== null).join(": ");
  return [head, ...Object.entries(fields).map(([name, value]) => `${name} ${describe(value)}`)];
}

const describe = (value: unknown): string =>
  typeof value === "object" ? JSON.stringify(value) : String(value);

/** Texts of apps cannot control the terminal or forge a line. */
function printable(text: string): string {
  const clean = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
  return clean.length > maxLineLength ? `${clean.slice(0, maxLineLength)}…` : clean;
}
