import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { eventTypes } from "./index.ts";

const document = readFileSync(new URL("../../../../../docs/reference/events.md", import.meta.url), "utf8");

test("docs/reference/events.md lists every event type, in the order of the code, and no other", () => {
  const documented = Array.from(document.matchAll(/^\| `([\w.]+)` \|/gm), ([, type]) => type);
  expect(documented).toEqual(eventTypes);
});
