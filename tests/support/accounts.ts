import type { TestPlatform } from "@latchkey/server/testing";
import { type CallManagement, managementCaller, sendManagement } from "./management-client.ts";

interface Server {
  readonly url: string;
  readonly adminKey: string;
}

/** What somebody signs in with. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Sends a form as a page of the server does. */
export async function postForm(
  { url }: Pick<Server, "url">,
  path: string,
  { fields, headers = {} }: { fields: Readonly<Record<string, string>>; headers?: Record<string, string> },
): Promise<Response> {
  return await fetch(`${url}${path}`, {
    method: "POST",
    redirect: "manual",
    headers: { origin: url, ...headers },
    body: new URLSearchParams(fields),
  });
}

/** The cookie that a response sets, as the value of `Cookie`. */
export function cookieOf(response: Response): string {
  return (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

/** The session cookie of a server on loopback, with a value. */
export function sessionCookie(server: Server, value: string): string {
  return `latchkey_session_${new URL(server.url).port}=${value}`;
}

/** Signs in, and returns the value of `Cookie`. */
export async function signIn(server: Server, { email, password }: Credentials): Promise<string> {
  const response = await postForm(server, "/sign-in", { fields: { email, password } });
  if (response.status !== 303) throw new Error(`Signing in got ${response.status}.`);
  return cookieOf(response);
}

/** Calls the management API with a session, as a page of the server does. */
export function sessionCaller(server: Server, cookie: string): CallManagement {
  return async (operation, sent = {}) =>
    await sendManagement(server, operation, {
      ...sent,
      headers: { cookie, "sec-fetch-site": "same-origin", ...sent.headers },
    });
}

/** An account that is signed in. */
export interface TestAccount {
  readonly accountId: string;
  readonly cookie: string;
  readonly call: CallManagement;
}

const exchange = { requestId: "test", clientAddress: "127.0.0.1" };

/** Creates an account and signs it in, without the time that a password takes. Its e-mail address begins with the name. */
export async function createAccount(
  server: TestPlatform,
  name: string,
  flags: { isDeveloper?: boolean; isOperator?: boolean } = {},
): Promise<TestAccount> {
  const { isDeveloper = false, isOperator = false } = flags;
  const { accounts, database } = server.platform;
  const input = { email: `${name}@example.com`, name, password: null, isDeveloper, isOperator };
  const { account_id: accountId } = await database.write((trx) =>
    accounts.create(trx, { name: "test", requestId: "test" }, input),
  );
  return { accountId, ...(await addSession(server, accountId)) };
}

/** Signs an account in, as another browser does. */
export async function addSession(
  server: TestPlatform,
  accountId: string,
): Promise<Pick<TestAccount, "cookie" | "call">> {
  const call = { exchange, request: new Request(server.url) };
  const set = await server.platform.accounts.startSession(call, { accountId, method: "test" });
  const cookie = set.split(";")[0] ?? "";
  return { cookie, call: sessionCaller(server, cookie) };
}

/** Creates an account with a password and signs it in. */
export async function createAccountWithPassword(
  server: Server,
  name: string,
): Promise<TestAccount & Credentials> {
  const credentials = { email: `${name}@example.com`, password: `the password of ${name}` };
  const { body } = await managementCaller(server)("POST /accounts", { body: { ...credentials, name } });
  const cookie = await signIn(server, credentials);
  return { ...credentials, accountId: body.accountId, cookie, call: sessionCaller(server, cookie) };
}

/** Creates a request of an account to install an app on a site, and returns its id. */
export async function askToInstall(
  { platform }: TestPlatform,
  request: { readonly appId: string; readonly siteId: string; readonly accountId: string },
): Promise<string> {
  const returnTo = { kind: "app-installer", url: "https://app.example/installed" } as const;
  return await platform.database.write((trx) =>
    platform.installRequests.ask(trx, { name: "test", requestId: "" }, { ...request, returnTo }),
  );
}
