import { postForm, sessionCaller } from "@latchkey/test-support/accounts";
import { type CallManagement, errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { type ServerProcess, startServer } from "@latchkey/test-support/server-process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../tools/free-port.ts";
import { Browser } from "./browser.ts";
import { type Person, startProvider, type TestProvider } from "./provider.ts";

// A server of its own and a real identity provider (node-oidc-provider), which a browser visits.

let provider: TestProvider;
let server: ServerProcess;
let admin: CallManagement;
let callback: string;

const client = { clientId: "latchkey", clientSecret: "the secret of the client at the provider" };

function variables(port: number): Record<string, string> {
  return {
    LATCHKEY_ENV: "development",
    LATCHKEY_OIDC_ISSUER: `http://127.0.0.1:${port}`,
    LATCHKEY_OIDC_CLIENT_ID: client.clientId,
    LATCHKEY_OIDC_CLIENT_SECRET: client.clientSecret,
    LATCHKEY_OIDC_GROUPS_CLAIM: "groups",
    LATCHKEY_OIDC_ROLE_MAP: "admins=operator,engineers=developer",
    LATCHKEY_LOCAL_SIGN_IN: "off",
  };
}

beforeAll(async () => {
  const port = await freePort();
  server = await startServer(variables(port));
  callback = `${server.url}/sign-in/oidc/callback`;
  provider = await startProvider(port, { ...client, redirectUrl: callback });
  admin = managementCaller(server);
}, 120_000);
afterAll(async () => {
  await provider?.stop();
  await server?.stop();
});

const ada: Person = { sub: "ada-1", name: "Ada", groups: ["admins", "everybody"] };

/** Visits the provider, and stops before the response reaches the server. */
async function visit(person: Person, next = "/admin/v1/me"): Promise<{ browser: Browser; url: URL }> {
  provider.become(person);
  const browser = new Browser();
  const begin = `${server.url}/sign-in/oidc?continue=${encodeURIComponent(next)}`;
  const { url } = await browser.open(begin, callback);
  return { browser, url: new URL(url) };
}

async function signIn(person: Person): Promise<CallManagement> {
  const { browser, url } = await visit(person);
  const arrival = await browser.open(url.href);
  expect([arrival.url, arrival.response.status]).toEqual([`${server.url}/admin/v1/me`, 200]);
  return sessionCaller(server, browser.cookie);
}

async function expectFailed(browser: Browser, url: URL): Promise<void> {
  const { response } = await browser.open(url.href);
  expect([response.status, response.headers.get("set-cookie")]).toEqual([401, null]);
  expect(await response.text()).toContain("OIDC_SIGN_IN_FAILED");
}

test("a person of the provider gets an account, with the flags of the groups, and continues", async () => {
  const call = await signIn(ada);
  const { body } = await call("GET /me");
  expect(body.account).toEqual({
    accountId: expect.any(String),
    email: null,
    name: "Ada",
    isDeveloper: false,
    isOperator: true,
  });
  expect((await call("GET /accounts")).status).toBe(200);
});

test("the same person has the same account, whose flags follow the groups at each sign-in", async () => {
  const first = await (await signIn(ada))("GET /me");
  const call = await signIn({ ...ada, groups: ["engineers"] });
  const second = await call("GET /me");
  const { accountId } = first.body.account as { accountId: string };
  expect(second.body.account).toMatchObject({ accountId, isDeveloper: true, isOperator: false });
  expect((await call("GET /accounts")).status).toBe(403);
  const { body } = await admin("GET /audit?actor=identity-provider&action=account.changed&limit=1");
  expect(body.items).toMatchObject([{ details: { accountId, isDeveloper: true, isOperator: false } }]);
});

test("an account with the same e-mail address is another account", async () => {
  const email = "grace@example.com";
  const { body: local } = await admin("POST /accounts", { body: { email, name: "Grace", isOperator: true } });
  const call = await signIn({ sub: "grace-1", name: "Grace", email, groups: [] });
  const { body } = await call("GET /me");
  expect(body.account).toMatchObject({ email: null, isOperator: false });
  expect((body.account as { accountId: string }).accountId).not.toBe(local.accountId);
});

test("H5 a response is for the browser that began, and for one use", async () => {
  const { browser, url } = await visit(ada);
  await expectFailed(new Browser(), url);
  const { browser: other } = await visit(ada);
  await expectFailed(other, url);
  expect((await browser.open(url.href)).response.status).toBe(200);
  await expectFailed(browser, url);
});

test.each([
  ["state", "other"],
  ["iss", "https://evil.example"],
  ["code", "made-up"],
])("H5 a response with another %s is refused", async (name, value) => {
  const { browser, url } = await visit(ada);
  url.searchParams.set(name, value);
  await expectFailed(browser, url);
});

test("H5 a response without iss, and a refusal by the provider, are refused", async () => {
  const { browser, url } = await visit(ada);
  url.searchParams.delete("iss");
  await expectFailed(browser, url);
  const { browser: refused, url: error } = await visit(ada);
  error.searchParams.delete("code");
  error.searchParams.set("error", "access_denied");
  await expectFailed(refused, error);
});

test("a response after 10 minutes is refused", async () => {
  const { browser, url } = await visit(ada);
  await admin("POST /dev/clock", { body: { advance: "10m" } });
  await expectFailed(browser, url);
});

test("the account of a person can be disabled", async () => {
  const call = await signIn({ sub: "eve-1", name: "Eve", groups: [] });
  const { body } = await call("GET /me");
  const { accountId } = body.account as { accountId: string };
  await admin(`PATCH /accounts/${accountId}`, { body: { disabled: true } });
  expect((await call("GET /me")).status).toBe(401);
  const { browser, url } = await visit({ sub: "eve-1", name: "Eve", groups: [] });
  const { response } = await browser.open(url.href);
  expect(response.status).toBe(401);
  expect(await response.text()).toContain("SIGN_IN_FAILED");
});

test("F2 the page continues at paths of this server only", async () => {
  for (const next of ["//evil.example", "https://evil.example", "/\\evil.example"]) {
    const response = await fetch(`${server.url}/sign-in/oidc?continue=${encodeURIComponent(next)}`, {
      redirect: "manual",
    });
    expect([next, response.status, response.headers.get("location")]).toEqual([next, 400, null]);
  }
});

test("a person signs in from an address that is too long to be kept, and continues at the start", async () => {
  for (const [length, arrived] of [
    [2_500, 2_500],
    [12_000, "/dashboard".length],
  ] as const) {
    const { browser, url } = await visit(ada, "/sign-in?continue=/".padEnd(length, "a"));
    const arrival = await browser.open(url.href);
    expect(arrival.url.slice(server.url.length)).toHaveLength(arrived);
    expect((await sessionCaller(server, browser.cookie)("GET /me")).status).toBe(200);
  }
});

test("with LATCHKEY_LOCAL_SIGN_IN=off nobody signs in or up in another way, and the page has one button", async () => {
  const text = await (await fetch(`${server.url}/sign-in?continue=/a`)).text();
  expect(text).toContain(
    '<a class="button" href="/sign-in/oidc?continue=%2Fa">Continue with your organization</a>',
  );
  expect(text).not.toContain('type="password"');
  const fields = { email: "grace@example.com", password: "a long enough one" };
  expect((await postForm(server, "/sign-in", { fields })).status).toBe(403);
  expect((await postForm(server, "/sign-up", { fields: { ...fields, name: "New" } })).status).toBe(403);
  const passkey = await fetch(`${server.url}/sign-in/passkey`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.url },
    body: JSON.stringify({
      credential: {
        ...{ id: "AAAA", rawId: "AAAA", type: "public-key" },
        response: {
          clientDataJSON: "AAAA",
          authenticatorData: "AAAA",
          signature: "AAAA",
          userHandle: "AAAA",
        },
      },
    }),
  });
  expect([passkey.status, await passkey.json()]).toEqual([
    403,
    errorBody("LOCAL_SIGN_IN_OFF", "People sign in only with the identity provider of this platform."),
  ]);
});

test("I8 no secret, code or verifier is in the log", () => {
  expect(server.output()).not.toContain(client.clientSecret);
  expect(server.output()).not.toMatch(/code_verifier|made-up/);
});

test("a provider that cannot be reached is a page that says so", async () => {
  const alone = await startServer(variables(await freePort()));
  const response = await fetch(`${alone.url}/sign-in/oidc`, { redirect: "manual" });
  expect(response.status).toBe(502);
  expect(await response.text()).toContain("Your organization cannot be reached right now.");
  await alone.stop();
}, 120_000);
