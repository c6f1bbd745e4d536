import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { childFlags } from "../../../../../tools/test/responses/child-process.ts";
import { createLog } from "./log.ts";

function textOf(level: string, ...entries: readonly (readonly [Record<string, unknown>, string])[]) {
  let text = "";
  const write = (line: string): void => {
    text += line;
  };
  const log = createLog(level, { format: "text", write });
  for (const [fields, message] of entries) log.debug(fields, message);
  return { log, text: () => text.replaceAll(/^\d\d:\d\d:\d\d {2}/gm, "") };
}

test("a request, a delivery attempt and a plugin call is one line with its reason (FR-D7)", () => {
  const { text } = textOf(
    "debug",
    [{ requestId: "r1", route: "POST /oauth2/token", status: 200, durationMs: 3, appId: "a" }, "request"],
    [
      {
        ...{ requestId: "r2", route: "POST /oauth2/token", status: 401, durationMs: 2, appId: "a" },
        ...{ reason: "wrong_secret", text: "The client is unknown or its secret is wrong." },
      },
      "request",
    ],
    [
      {
        ...{ deliveryId: "d", appId: "a", eventType: "AppInstalled", url: "http://127.0.0.1:3000/hook" },
        ...{ outcome: "wrong_status", status: 401, durationMs: 8, reason: "expired", retryInMs: 60_000 },
        why: "The endpoint responded with 401; only 200 counts.",
      },
      "delivery attempt",
    ],
    [
      {
        ...{ callId: "c", appId: "a", requestId: "r3", componentType: "ECOM_SHIPPING_RATES" },
        ...{ method: "getShippingRates", outcome: "TIMEOUT", durationMs: 5_000, detail: "It took too long." },
      },
      "a call of a service plugin failed",
    ],
  );
  expect(text().split("\n")).toEqual([
    "POST /oauth2/token  200  3 ms  app a",
    "POST /oauth2/token  401  2 ms  wrong secret: The client is unknown or its secret is wrong.  app a  request r2",
    "AppInstalled -> http://127.0.0.1:3000/hook  401  8 ms  expired: The endpoint responded with 401; only 200 counts.  next attempt in 60 s  app a  delivery d",
    "ECOM_SHIPPING_RATES getShippingRates  timeout  5000 ms  It took too long.  app a  request r3",
    "",
  ]);
});

test("a stack is below its entry, in lines that cannot be mistaken for entries (FR-D7)", () => {
  const { log, text } = textOf("info");
  const stack = "Error: It is\n12:00:00  POST /oauth2/token  200\r\n    at respond (/app/stubs.js:3:9)";
  log.error({ requestId: "r", stub: "GET /broken/v1", stack }, "stub threw an error");
  expect(text()).toBe(
    "error  stub threw an error  requestId r  stub GET /broken/v1\n" +
      "    Error: It is\n" +
      "    12:00:00  POST /oauth2/token  200\n" +
      "    at respond (/app/stubs.js:3:9)\n",
  );
});

test("a warning or error is its message, its error and its fields (FR-D7)", () => {
  const { log, text } = textOf("info");
  log.warn(
    { error: "Error", code: "ENOSPC", text: "no space left", work: "delete events" },
    "maintenance failed",
  );
  log.error({ requestId: "r", durationMs: 2, status: 500, text: "boom" }, "request failed");
  expect(text()).toBe(
    "warn  maintenance failed: no space left  error Error  code ENOSPC  work delete events\n" +
      "error  request failed: boom  requestId r  durationMs 2  status 500\n",
  );
});

test("a request is shown as it was sent, a refused delivery with the response, and each with the moved clock", () => {
  const { log, text } = textOf("debug");
  const request = {
    route: "GET /admin/v1/apps/{appId}",
    request: "GET /admin/v1/apps/7",
    status: 200,
    durationMs: 1,
  };
  const delivery = { eventType: "AppInstalled", url: "http://localhost:3000/", status: 500, durationMs: 2 };
  log.info({ clock: "+4h", text: "it shows 06:00" }, "the clock was moved");
  log.debug(request, "request");
  log.debug({ ...delivery, why: "The endpoint responded with 500.", body: "boom" }, "delivery attempt");
  log.info({ clock: "+0s", text: "it shows the time of the machine again" }, "the clock was moved");
  log.debug(request, "request");
  expect(text().split("\n")).toEqual([
    "the clock was moved: it shows 06:00  clock +4h",
    "GET /admin/v1/apps/7  200  1 ms  clock +4h",
    "AppInstalled -> http://localhost:3000/  500  2 ms  The endpoint responded with 500.  body boom  clock +4h",
    "the clock was moved: it shows the time of the machine again  clock +0s",
    "GET /admin/v1/apps/7  200  1 ms",
    "",
  ]);
});

test("of more than 20 requests and deliveries in a second, the number is a line; warnings are never left out (FR-D7)", async () => {
  const { log, text } = textOf("debug");
  for (let n = 0; n < 150; n += 1) log.debug({ route: "GET /x", status: 200, durationMs: 1 }, "request");
  log.warn("a warning");
  expect(text().split("\n")).toHaveLength(22);
  await expect
    .poll(text, { timeout: 10_000 })
    .toMatch(/a warning\n… and 130 lines of other requests and deliveries\n$/);
});

test("sampled entries are printed when the requests themselves are not", () => {
  for (const [level, lines] of [
    ["debug", ""],
    ["info", "warn  a delivery failed\n"],
  ] as const) {
    const { log, text } = textOf(level);
    log.warn({ sampled: true }, "a delivery failed");
    expect(text()).toBe(lines);
  }
});

test("text of an app forges no line and does not control the terminal", () => {
  const { text } = textOf("debug", [
    {
      componentType: "X",
      method: "y",
      outcome: "ERROR",
      durationMs: 1,
      detail: "a\n00:00:00\u001b[2K\u2028\u202eb",
    },
    "a call of a service plugin failed",
  ]);
  expect(text()).toBe("X y  error  1 ms  a 00:00:00 [2K b\n");
  const long = textOf("debug", [
    { route: "GET /x", status: 400, durationMs: 1, text: "x".repeat(2_000) },
    "request",
  ]);
  expect(long.text().length).toBe(502);
});

test("colors are for terminals, and not with NO_COLOR", () => {
  const file = join(import.meta.dirname, "log.ts");
  const program = `
    import { WriteStream } from "node:tty";
    Object.assign(process.stdout, { isTTY: true, getColorDepth: WriteStream.prototype.getColorDepth });
    const { createLog } = await import(${JSON.stringify(file)});
    createLog("info", { format: "text" }).warn("x");`;
  const run = (env: Record<string, string>): string =>
    execFileSync(process.execPath, [...childFlags(), "--input-type=module", "--eval", program], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, TERM: "xterm-256color", ...env },
    });
  expect(run({})).toContain("\u001b[33mwarn\u001b[39m");
  expect(run({ NO_COLOR: "1" })).not.toContain("\u001b");
});
