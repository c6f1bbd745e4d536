import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Frame, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { findOrInstall } from "../../tools/proxies/find-program.ts";

/** Starts Chromium, which finds no host but those of loopback. */
export async function startChromium(): Promise<Browser> {
  const args = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"];
  // Chromium has no sandbox for root.
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  const find = ["-c", 'command -v "$0"', findOrInstall("chromium")];
  const executablePath = execFileSync("sh", find, { encoding: "utf8" }).trim();
  return await chromium.launch({ executablePath, args });
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");

/** The findings of axe about a page, each with the elements; the page must allow script. */
export async function findBarriers(page: Page | Frame): Promise<string[]> {
  await page.evaluate(axe);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } };
    const { violations } = await axe.run();
    return violations.map(
      ({ help, id, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`,
    );
  });
}

/** Says when a page is wider than its screen. */
export async function findOverflow(page: Page | Frame): Promise<string[]> {
  const overflows = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  );
  return overflows ? [`${page.url()} is wider than the screen`] : [];
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}
