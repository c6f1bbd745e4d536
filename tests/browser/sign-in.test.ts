import { type ServerProcess, startServer } from "@latchkey/test-support/server-process";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../tools/free-port.ts";
import { findBarriers, findOverflow, startChromium } from "./chromium.ts";

const password = "correct horse battery";
let server: ServerProcess;
/** Passkeys need a host name: an IP address is no RP ID. */
let url: string;
let browser: Browser;

beforeAll(async () => {
  const port = await freePort();
  url = `http://localhost:${port}`;
  server = await startServer({
    LATCHKEY_ENV: "development",
    LATCHKEY_SIGN_UP: "open",
    LATCHKEY_PUBLIC_URL: url,
    PORT: String(port),
  });
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** A new browser without cookies, at the page. */
async function open(path: string, options: { javaScriptEnabled?: boolean; width?: number } = {}) {
  const { javaScriptEnabled = false, width = 1_280 } = options;
  const context = await browser.newContext({ javaScriptEnabled, viewport: { width, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${url}${path}`);
  return page;
}

async function signUp(page: Page, email: string) {
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByLabel("Your name").fill("Ada");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Create an account" }).click();
}

async function signIn(page: Page, email: string, given = password) {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(given);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("a person without script creates an account, signs out, and signs in again", async () => {
  const page = await open("/sign-in?continue=/sign-in");
  await signUp(page, "ada@example.com");
  const signedIn = page.getByText("You are signed in as Ada.");
  await signedIn.waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  expect([page.url(), await signedIn.count()]).toEqual([`${url}/sign-in`, 0]);
  await page.goto(`${url}/sign-in?continue=/sign-in`);
  await signIn(page, "ada@example.com");
  await signedIn.waitFor();
});

test("a wrong password is reported at the form, which keeps the e-mail address and not the password", async () => {
  const page = await open("/sign-in");
  await signIn(page, "nobody@example.com", "a wrong password");
  expect(await page.getByRole("alert").textContent()).toBe("The e-mail address or the password is wrong.");
  expect(await page.getByLabel("E-mail address").inputValue()).toBe("nobody@example.com");
  expect(await page.getByLabel("Password").inputValue()).toBe("");
});

test("a person creates a passkey in the dashboard, and signs in with it, with nothing typed", async () => {
  const page = await open("/sign-in?continue=/dashboard/account", { javaScriptEnabled: true });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  });
  await signUp(page, "grace@example.com");
  await page.getByLabel("Name of a new passkey").fill("Phone");
  await page.getByRole("button", { name: "Create a passkey" }).click();
  await page.getByRole("cell", { name: "Phone" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${url}/sign-in`);
  await page.goto(`${url}/sign-in?continue=/dashboard/account`);
  const button = page.getByRole("button", { name: "Use a passkey instead" });
  await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await button.click();
  await page.getByRole("alert").getByText("The passkey did not sign you in.").waitFor();
  await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  await button.click();
  await page.waitForURL(`${url}/dashboard/account`);
  await page.getByText("grace@example.com").waitFor();
});

test("without script the sign-in page offers no passkey", async () => {
  const page = await open("/sign-in");
  expect(await page.getByRole("button").allTextContents()).toEqual(["Sign in"]);
});

test("every page is accessible and fits a narrow screen, in both colour schemes", async () => {
  const found: string[] = [];
  for (const path of ["/sign-in", "/sign-up", "/sign-in?continue=//evil.example"]) {
    for (const width of [1_280, 360]) {
      const page = await open(path, { javaScriptEnabled: true, width });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        found.push(...(await findBarriers(page)), ...(await findOverflow(page)));
      }
      await page.context().close();
    }
  }
  expect(found).toEqual([]);
});
