import { afterAll, beforeAll, expect } from "vitest";

// The next test file may run in the same process.
let before: ReturnType<typeof look>;

beforeAll(() => {
  before = look();
});

afterAll(() => {
  expect(look(), "what the tests of this file changed in their process").toEqual(before);
});

/** What a test file may change in its process, and has to put back. */
function look() {
  const { Date: date, console, fetch, setInterval, setTimeout } = globalThis;
  return {
    directory: process.cwd(),
    environment: { ...process.env },
    globals: { console, date, fetch, setInterval, setTimeout },
    telemetry: Object.keys(Reflect.get(globalThis, Symbol.for("opentelemetry.js.api.1")) ?? {}).filter(
      (name) => name !== "version",
    ),
  };
}
