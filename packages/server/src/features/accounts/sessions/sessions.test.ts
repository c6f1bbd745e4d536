import { randomBytes, randomUUID } from "node:crypto";
import {
  addSession,
  cookieOf,
  createAccount,
  createAccountWithPassword,
  postForm,
  sessionCaller,
  sessionCookie,
  signIn,
} from "@latchkey/test-support/accounts";
import { type CallManagement, errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createManualClock, hours, minutes } from "../../../infrastructure/clock/index.ts";
import { parseMasterKeys, Vault } from "../../../infrastructure/crypto/index.ts";
import { createIds } from "../../../infrastructure/database/index.ts";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";
import { AuditLog } from "../../audit/index.ts";
import { Accounts } from "../index.ts";

const ended = errorBody("UNAUTHENTICATED", "The session has ended; sign in again.");

describe.each(["sqlite", "postgres"] as const)("a session on %s", (engine) => {
  let platform: TestPlatform;
  let admin: CallManagement;
  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine, now: 1_767_323_045_678 });
    admin = managementCaller(platform);
  });
  afterAll(() => platform.close());

  const expectEnded = async (call: CallManagement) => {
    const response = await call("GET /me");
    expect([response.status, response.body]).toEqual([401, ended]);
  };
  const rows = () => platform.platform.database.read.selectFrom("account_sessions").selectAll().execute();

  test("is stored without its secret, with an audit entry of the same request", async () => {
    const { accountId, email, password } = await createAccountWithPassword(platform, "stored");
    const response = await postForm(platform, "/sign-in", { fields: { email, password } });
    const secret = cookieOf(response).replace(sessionCookie(platform, ""), "");
    expect(JSON.stringify(await rows())).not.toContain(secret);
    const { body } = await admin(`GET /audit?actor=account:${accountId}&action=session.started&limit=1`);
    expect(body.items).toMatchObject([
      {
        requestId: response.headers.get("x-request-id"),
        details: { accountId, method: "password", sessionId: expect.any(String) },
      },
    ]);
    expect(JSON.stringify(body)).not.toContain(secret);
  });

  test("ends after 12 hours without use, by the clock of the platform", async () => {
    const { call } = await createAccount(platform, "idle");
    await platform.clock.advance(hours(12) - 1);
    expect((await call("GET /me")).status).toBe(200);
    await platform.clock.advance(hours(12));
    await expectEnded(call);
  });

  test("ends after 7 days of use", async () => {
    const { clock, signedIn } = await ownAccounts(platform, "absolute");
    for (let used = 0; used < 15; used += 1) {
      await clock.advance(hours(11));
      expect(await signedIn()).toBe(true);
    }
    await clock.advance(hours(3) - 1);
    expect(await signedIn()).toBe(true);
    await clock.advance(1);
    expect(await signedIn()).toBe(false);
  });

  test("stores its use once in ten minutes", async () => {
    const { accountId, clock, signedIn } = await ownAccounts(platform, "used");
    const uses = async () => {
      await signedIn();
      return (await rows()).filter((row) => row.account_id === accountId).map((row) => row.used_at);
    };
    const first = clock.now();
    await clock.advance(minutes(10) - 1);
    expect(await uses()).toEqual([first]);
    await clock.advance(1);
    expect(await uses()).toEqual([first + minutes(10)]);
  });

  test("H5 is new at each sign-in, which ends the one that the browser had", async () => {
    const account = await createAccountWithPassword(platform, "fixed");
    const given = sessionCookie(platform, "A".repeat(43));
    const fields = { email: account.email, password: account.password };
    const planted = await postForm(platform, "/sign-in", { fields, headers: { cookie: given } });
    expect(cookieOf(planted)).not.toBe(given);
    const next = await postForm(platform, "/sign-in", { fields, headers: { cookie: account.cookie } });
    expect(cookieOf(next)).not.toBe(account.cookie);
    await expectEnded(account.call);
    expect((await sessionCaller(platform, cookieOf(next))("GET /me")).status).toBe(200);
  });

  test("is listed and ended by its account, and by no other", async () => {
    const account = await createAccount(platform, "lists");
    const other = await createAccount(platform, "other");
    const { call: phone } = await addSession(platform, account.accountId);
    const { body } = await account.call("GET /me/sessions");
    expect(body.items.map((session) => session.isCurrent)).toEqual([true, false]);
    const ofPhone = `DELETE /me/sessions/${body.items[1]?.sessionId}`;
    const foreign = await other.call(ofPhone);
    expect([foreign.status, foreign.body]).toEqual([
      404,
      errorBody("SESSION_NOT_FOUND", "The account has no session with this id."),
    ]);
    expect((await account.call(ofPhone)).status).toBe(200);
    await expectEnded(phone);
    expect((await account.call("GET /me")).status).toBe(200);
  });

  test("ends with a new password, except the one that changes it", async () => {
    const account = await createAccountWithPassword(platform, "changes");
    const { call: phone } = await addSession(platform, account.accountId);
    const change = (currentPassword: string) =>
      account.call("POST /me/password", { body: { currentPassword, newPassword: "another password" } });
    const wrong = await change("not the password");
    expect([wrong.status, wrong.body]).toEqual([
      403,
      errorBody("WRONG_PASSWORD", "The current password is wrong."),
    ]);
    expect((await phone("GET /me")).status).toBe(200);
    expect((await change(account.password)).status).toBe(200);
    await expectEnded(phone);
    expect((await account.call("GET /me")).status).toBe(200);
    await expect(signIn(platform, account)).rejects.toThrow("Signing in got 401.");
    await signIn(platform, { ...account, password: "another password" });
  });

  test("ends when an operator disables the account, sets a password, or deletes it", async () => {
    for (const change of [
      (id: string) => admin(`PATCH /accounts/${id}`, { body: { disabled: true } }),
      (id: string) => admin(`PATCH /accounts/${id}`, { body: { password: "set by an operator" } }),
      (id: string) => admin(`DELETE /accounts/${id}`),
    ]) {
      const account = await createAccountWithPassword(platform, `ended-${randomUUID()}`);
      expect((await change(account.accountId)).status).toBe(200);
      await expectEnded(account.call);
      await expect(signIn(platform, account)).rejects.toThrow("Signing in got 401.");
    }
  });

  test("is one of the 20 newest of its account", async () => {
    const account = await createAccount(platform, "many");
    for (let count = 0; count < 19; count += 1) await addSession(platform, account.accountId);
    expect((await account.call("GET /me")).status).toBe(200);
    await addSession(platform, account.accountId);
    await expectEnded(account.call);
    const own = (await rows()).filter((row) => row.account_id === account.accountId);
    expect(own).toHaveLength(20);
  });

  test("ends when a backup is restored, which raises the generation of the platform", async () => {
    const { call } = await createAccount(platform, "restored");
    const { database } = platform.platform;
    const raise = (by: number) =>
      database.write((trx) =>
        trx
          .updateTable("platform")
          .set((eb) => ({ gen: eb("gen", "+", by) }))
          .execute(),
      );
    await raise(1);
    await expectEnded(call);
  });

  test("is found by other cookies beside it, and not by another form of secret", async () => {
    const { cookie } = await createAccount(platform, "cookies");
    const status = async (value: string) => (await sessionCaller(platform, value)("GET /me")).status;
    expect(await status(`theme=dark; ${cookie}; other=1`)).toBe(200);
    for (const value of [
      `${cookie}x`,
      cookie.slice(0, -1),
      sessionCookie(platform, ""),
      cookie.replace("=", "=="),
    ]) {
      expect([value, await status(value)]).toEqual([value, 401]);
    }
  });
});

/** Accounts on the database of a platform, with a clock that moves no other work, and one that is signed in. */
async function ownAccounts({ platform: { database } }: TestPlatform, name: string) {
  const clock = createManualClock(1_767_323_045_678);
  const publicUrl = "https://auth.example.com";
  const accounts = accountsWith({ clock, database, publicUrl, signUp: true });
  const account = {
    name,
    email: `${name}@example.com`,
    password: null,
    isDeveloper: false,
    isOperator: false,
  };
  const created = await database.write((trx) =>
    accounts.create(trx, { name: "test", requestId: "" }, account),
  );
  const { account_id: accountId } = created;
  const call = { exchange: { requestId: "1", clientAddress: "192.0.2.1" }, request: new Request(publicUrl) };
  const set = await accounts.startSession(call, { accountId, method: "test" });
  const headers = { cookie: set.split(";")[0] ?? "" };
  const signedIn = async () => (await accounts.signedIn(new Request(publicUrl, { headers }))) !== undefined;
  return { accountId, clock, signedIn };
}

function accountsWith(
  given: Pick<ConstructorParameters<typeof Accounts>[0], "clock" | "database" | "publicUrl" | "signUp">,
): Accounts {
  const vault = new Vault(parseMasterKeys("0f1e2d3c4b5a69788796a5b4c3d2e1f0".repeat(2)), randomBytes);
  const ids = createIds({ clock: given.clock, randomUuid: randomUUID });
  const base = { ...given, ids, random: randomBytes, vault, localSignIn: true };
  return new Accounts({ ...base, audit: new AuditLog(base) });
}

test("over https the cookie has the prefix __Host- and is Secure, and the other name means nothing", async () => {
  const platform = await createTestPlatform();
  const { database } = platform.platform;
  const base = { clock: platform.clock, database };
  const accounts = accountsWith({ ...base, publicUrl: "https://auth.example.com", signUp: true });
  const exchange = { requestId: "1", clientAddress: "192.0.2.1" };
  const call = { exchange, request: new Request("https://auth.example.com/sign-up") };
  const cookie = await accounts.signUp(call, {
    email: "a@example.com",
    name: "A",
    password: "long enough pw",
  });
  expect(cookie).toMatch(
    /^__Host-latchkey_session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  const value = cookie.split(";")[0] ?? "";
  const signedIn = (header: string) =>
    accounts.signedIn(new Request("https://auth.example.com/", { headers: { cookie: header } }));
  expect(await signedIn(value)).toMatchObject({ account: { email: "a@example.com" } });
  expect(await signedIn(value.replace("__Host-", ""))).toBeUndefined();
  const closed = accountsWith({ ...base, publicUrl: platform.url, signUp: false });
  const input = { email: "b@example.com", name: "B", password: "long enough pw" };
  await expect(closed.signUp(call, input)).rejects.toMatchObject({
    code: "SIGN_UP_CLOSED",
    status: 403,
    message: "Only the operator of this platform creates new accounts.",
  });
  await platform.close();
});
