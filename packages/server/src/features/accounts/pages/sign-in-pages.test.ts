import {
  cookieOf,
  createAccountWithPassword,
  postForm,
  sessionCaller,
  sessionCookie,
} from "@latchkey/test-support/accounts";
import { managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await createTestPlatform({ now: 1_767_323_045_678 });
  await createAccountWithPassword(platform, "ada");
});
afterAll(() => platform.close());

const ada = { email: "ada@example.com", password: "the password of ada" };
const post = (path: string, fields: Record<string, string>, headers?: Record<string, string>) =>
  postForm(platform, path, { fields, ...(headers && { headers }) });

describe("the page to sign in", () => {
  test("sets a cookie that no script reads, and continues with GET at the given path", async () => {
    const response = await post("/sign-in", { ...ada, continue: "/installer/install?appId=1&x=%2F" });
    expect([response.status, response.headers.get("location")]).toEqual([
      303,
      "/installer/install?appId=1&x=%2F",
    ]);
    expect(response.headers.get("set-cookie")).toMatch(
      /^latchkey_session_\d+=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    expect(response.headers.get("cache-control")).toBe("no-store");
    const me = await sessionCaller(platform, cookieOf(response))("GET /me");
    expect([me.status, me.body.account]).toEqual([
      200,
      {
        accountId: expect.any(String),
        email: "ada@example.com",
        name: "ada",
        isDeveloper: false,
        isOperator: false,
      },
    ]);
  });

  test("accepts the e-mail address in capitals and with spaces around", async () => {
    expect((await post("/sign-in", { ...ada, email: " Ada@Example.COM " })).status).toBe(303);
  });

  test("works without script, cannot be framed, and offers an account", async () => {
    const response = await fetch(`${platform.url}/sign-in?continue=/a%3Fb=%22%3E`);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(text).toContain('<form method="post" action="/sign-in">');
    expect(text).toContain('<a href="/sign-up?continue=%2Fa%3Fb%3D%22%3E">Create an account</a>');
    expect(text).toContain('name="continue" value="/a?b=&#34;&#62;"');
    // Script only shows the button for passkeys, which is hidden without it.
    expect(text).toContain('<div id="passkey" data-continue="/a?b=&#34;&#62;" hidden>');
  });

  test("says who is signed in, and offers to sign out, in the language of the browser", async () => {
    const cookie = cookieOf(await post("/sign-in", ada));
    const headers = { cookie, "accept-language": "de" };
    const text = await (await fetch(`${platform.url}/sign-in`, { headers })).text();
    expect(text).toContain("Sie sind als ada angemeldet.");
    expect(text).toContain('<form method="post" action="/sign-out">');
  });

  test.each([
    ["a wrong password", { ...ada, password: "the password of eve" }],
    ["an unknown e-mail address", { ...ada, email: "nobody@example.com" }],
  ])(
    "gives the same response to %s: the form with the e-mail address, not the password",
    async (_, fields) => {
      const response = await post("/sign-in", fields);
      const text = await response.text();
      expect([response.status, response.headers.get("set-cookie")]).toEqual([401, null]);
      expect(text).toContain(
        '<p class="error" role="alert">The e-mail address or the password is wrong.</p>',
      );
      expect(text).toContain(`value="${fields.email}"`);
      expect(text).not.toContain(fields.password);
    },
  );

  test.each([
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "evil.example",
    "",
    "/\t/evil.example",
    "/\n/evil.example",
    "/a b",
    "/ä",
    "/\u0000",
  ])("F2 refuses to continue at %j", async (next) => {
    const page = await fetch(`${platform.url}/sign-in?continue=${encodeURIComponent(next)}`);
    const signedIn = await post("/sign-in", { ...ada, continue: next });
    for (const response of [page, signedIn]) {
      expect([response.status, response.headers.get("location"), response.headers.get("set-cookie")]).toEqual(
        [400, null, null],
      );
      expect(await response.text()).toContain("continue must be a path of this server.");
    }
  });

  test.each([
    ["of another site", { origin: "https://evil.example" }],
    ["of another site, by its metadata", { "sec-fetch-site": "cross-site" }],
    ["of a neighbour on the same site", { "sec-fetch-site": "same-site" }],
    ["that does not tell where it comes from", { origin: "null" }],
  ])("H5 refuses a form %s, with the right password", async (_, headers) => {
    const response = await post("/sign-in", ada, headers);
    expect([response.status, response.headers.get("set-cookie")]).toEqual([403, null]);
    expect(await response.text()).toContain("FORM_FROM_ANOTHER_SITE");
  });

  // PostgreSQL stores no NUL.
  test.each(["ada", "", "a\0da@example.com"])("refuses %j, which is no e-mail address", async (email) => {
    const response = await post("/sign-in", { ...ada, email });
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining("email must be an e-mail address."),
    ]);
  });

  test("refuses fields that it does not have, and more than one of each", async () => {
    const more = await post("/sign-in", { ...ada, isOperator: "true" });
    expect(more.status).toBe(400);
    const twice = await fetch(`${platform.url}/sign-in`, {
      method: "POST",
      headers: { origin: platform.url },
      body: new URLSearchParams([...Object.entries(ada), ["email", "eve@example.com"]]),
    });
    expect(twice.status).toBe(400);
  });
});

describe("the page to sign up", () => {
  const eve = { name: "Eve", email: "Eve@example.com", password: "a long enough one" };

  test("creates an account without flags and signs it in", async () => {
    const response = await post("/sign-up", { ...eve, continue: "/next" });
    expect([response.status, response.headers.get("location")]).toEqual([303, "/next"]);
    const { body } = await sessionCaller(platform, cookieOf(response))("GET /me");
    expect(body.account).toMatchObject({
      email: "eve@example.com",
      name: "Eve",
      isDeveloper: false,
      isOperator: false,
    });
    const { body: audit } = await managementCaller(platform)("GET /audit?actor=sign-up");
    expect(audit.items).toMatchObject([
      { action: "account.created", requestId: response.headers.get("x-request-id") },
    ]);
  });

  test("refuses an e-mail address that another account has, and shows the form again", async () => {
    const response = await post("/sign-up", { ...eve, email: "ada@example.com" });
    const text = await response.text();
    expect(response.status).toBe(409);
    expect(text).toContain("There is an account with this e-mail address. Sign in instead.");
    expect(text).not.toContain(eve.password);
  });

  test.each([
    ["a short password", { password: "elevenchars" }, "password must have at least 12 characters."],
    ["a long password", { password: "x".repeat(201) }, "password must have at most 200 characters."],
    ["no e-mail address", { email: "eve" }, "email must be an e-mail address."],
    ["no name", { name: " " }, "name must not be empty."],
    ["H3 a flag", { isOperator: "true" }, "has a field that is not taken here"],
  ])("refuses %s", async (_, fields, text) => {
    const response = await post("/sign-up", { ...eve, email: "new@example.com", ...fields });
    expect([response.status, response.headers.get("set-cookie")]).toEqual([400, null]);
    expect(await response.text()).toContain(text);
  });
});

test("signing out ends the session, deletes the cookie and is safe to repeat", async () => {
  const cookie = cookieOf(await post("/sign-in", ada));
  const call = sessionCaller(platform, cookie);
  expect((await call("GET /me")).status).toBe(200);
  for (let time = 0; time < 2; time += 1) {
    const response = await post("/sign-out", {}, { cookie });
    expect([response.status, response.headers.get("location"), response.headers.get("set-cookie")]).toEqual([
      303,
      "/sign-in",
      `${sessionCookie(platform, "")}; Max-Age=0; Path=/; HttpOnly; SameSite=Lax`,
    ]);
    expect((await call("GET /me")).status).toBe(401);
  }
});

test("H5 another site cannot sign somebody out", async () => {
  const cookie = cookieOf(await post("/sign-in", ada));
  const response = await post("/sign-out", {}, { cookie, origin: "https://evil.example" });
  expect(response.status).toBe(403);
  expect((await sessionCaller(platform, cookie)("GET /me")).status).toBe(200);
});

test("after ten failures the page tells when to try again, also with the right password", async () => {
  await createAccountWithPassword(platform, "grace");
  const grace = { email: "grace@example.com", password: "wrong" };
  for (let attempt = 0; attempt < 10; attempt += 1) {
    expect((await post("/sign-in", grace)).status).toBe(401);
  }
  const response = await post("/sign-in", { ...grace, password: "the password of grace" });
  expect([response.status, response.headers.get("retry-after")]).toEqual([429, "90"]);
  expect(await response.text()).toContain(
    "Too many attempts to sign in have failed. Try again in 2 minutes.",
  );
  await platform.clock.advance(90_000);
  expect((await post("/sign-in", { ...grace, password: "the password of grace" })).status).toBe(303);
});
