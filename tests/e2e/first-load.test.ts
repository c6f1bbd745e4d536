import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const built = join(import.meta.dirname, "../../packages/server/dashboard");
const page = readFileSync(join(built, "index.html"), "utf8");
const addressesIn = (text: string) =>
  [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address = ""]) => address);

test("the first load of the dashboard has at most 220 kB of compressed script", () => {
  const scripts = addressesIn(page).filter((address) => address.endsWith(".js"));
  const sizes = scripts.map(
    (address) => gzipSync(readFileSync(join(built, address.replace("/dashboard/", "")))).length,
  );
  expect(scripts.length).toBeGreaterThan(0);
  expect(sizes.reduce((total, size) => total + size, 0)).toBeLessThanOrEqual(220_000);
});

test("the page of the dashboard names only files of this server, and has no script of its own", () => {
  expect(
    addressesIn(page).filter((address) => !/^(\/dashboard\/(scripts|styles)\/|data:|\/docs$)/.test(address)),
  ).toEqual([]);
  expect(page).not.toMatch(/<style|style=|<script[^>]*>[^<]/);
});
