import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { TestPlatform } from "@latchkey/server/testing";
import type { Credentials, TestAccount } from "@latchkey/test-support/accounts";
import type { Browser, Page } from "playwright-core";
import { onTestFinished } from "vitest";

interface Look {
  readonly width?: number;
  readonly colorScheme?: "light" | "dark";
}

/** A person in front of the dashboard. */
export interface Visit {
  readonly page: Page;
  /** What the browser reported: errors of scripts, and everything that a policy blocked. */
  readonly complaints: readonly string[];
  /** What the button with this name copies. */
  copy(label: string): Promise<string>;
  /** Writes a screenshot to the folder that E2E_SCREENSHOTS names, if it names one. */
  shoot(name: string): Promise<void>;
}

/** Opens a new browser until the end of the test, and collects what it reports. */
export async function visit(browser: Browser, look: Look = {}): Promise<Visit> {
  const visited = await visitUntilClosed(browser, look);
  onTestFinished(() => visited.page.context().close());
  return visited;
}

/** Opens a new browser for all tests of a file. */
export async function visitUntilClosed(
  browser: Browser,
  { colorScheme = "light", width = 1_280 }: Look = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme,
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) complaints.push(message.text());
  });
  return {
    page,
    complaints,
    async copy(label) {
      await page.getByRole("button", { name: `Copy ${label}`, exact: true }).click();
      await page.getByRole("button", { name: `${label} copied` }).waitFor();
      return await page.evaluate(() => navigator.clipboard.readText());
    },
    async shoot(name) {
      const folder = process.env.E2E_SCREENSHOTS;
      if (folder === undefined) return;
      mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    },
  };
}

/** Signs in on the page to which the dashboard leads. */
export async function signInOnPage({ page }: Visit, { url }: TestPlatform, who: Credentials): Promise<void> {
  await page.goto(`${url}/`);
  await page.waitForURL(`${url}/sign-in?**`);
  await page.getByLabel("E-mail address").fill(who.email);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${url}/dashboard/**`);
}

/** Opens a page of the dashboard in a new browser in which an account is signed in. */
export async function visitAs(
  { cookie }: Pick<TestAccount, "cookie">,
  at: {
    readonly browser: Browser;
    readonly platform: TestPlatform;
    readonly path: string;
    readonly look?: Look;
  },
): Promise<Visit> {
  const { browser, look, path, platform } = at;
  const visited = await visit(browser, look);
  const [name = "", value = ""] = cookie.split("=");
  await visited.page.context().addCookies([{ name, value, url: platform.url }]);
  await visited.page.goto(`${platform.url}/dashboard/${path}`);
  return visited;
}
