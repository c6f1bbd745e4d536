import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { createPage, html, seeOther } from "./index.ts";

const page = createPage({ name: "Acme <Shops>", logo: "https://acme.example/logo.svg" });
const body = html`<p>${"<script>alert(1)</script>"}</p>`;

test("H4 a page escapes every text, and its policy allows no script", async () => {
  const response = page({ title: 'Install "<b>"', language: "de", body });
  const text = await response.text();
  expect(text).toContain('<html lang="de">');
  expect(text).toContain("<title>Install &#34;&#60;b&#62;&#34; · Acme &#60;Shops&#62;</title>");
  expect(text).toContain("<p>&#60;script&#62;alert(1)&#60;/script&#62;</p>");
  expect(text).not.toMatch(/<script|<link|<iframe|style=/);
  expect(response.headers.get("content-security-policy")).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; img-src https:\/\/acme\.example; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
  );
});

test("F14 a page is in no frame and in no cache, and tells no other site where it is", () => {
  const response = page({ title: "Install", language: "en", body });
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "cache-control": "no-store",
    "content-type": "text/html; charset=utf-8",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  });
});

test("H4 a page with a script allows this script alone, which calls our origin alone", async () => {
  const script = "start();";
  const response = page({ title: "Sign in", language: "en", body, script });
  expect(await response.text()).toContain("<script>start();</script>");
  const hash = createHash("sha256").update(script).digest("base64");
  expect(response.headers.get("content-security-policy")).toContain(
    `default-src 'none'; script-src 'sha256-${hash}'; connect-src 'self'; style-src`,
  );
});

test("a form may lead to another site only where the page names it", () => {
  const formTargets = ["https://app.example"];
  const policy = page({ title: "Install", language: "en", body, formTargets }).headers.get(
    "content-security-policy",
  );
  expect(policy).toContain("form-action 'self' https://app.example;");
});

test("a page without a logo loads no image", async () => {
  const response = createPage({ name: "Acme" })({ title: "Install", language: "en", body });
  expect(await response.text()).not.toContain("<img");
  expect(response.headers.get("content-security-policy")).toContain("img-src 'none'");
});

test("a redirect is a 303 that is not cached and sends no referrer", () => {
  const response = seeOther("/next", { "set-cookie": "a=b" });
  expect([response.status, Object.fromEntries(response.headers)]).toEqual([
    303,
    { location: "/next", "cache-control": "no-store", "referrer-policy": "no-referrer", "set-cookie": "a=b" },
  ]);
});
