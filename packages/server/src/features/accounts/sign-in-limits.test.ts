import { expect, test } from "vitest";
import { createManualClock } from "../../infrastructure/clock/index.ts";
import { type Attempt, SignInLimits } from "./sign-in-limits.ts";

function limits() {
  const clock = createManualClock(1_767_323_045_678);
  const signIns = new SignInLimits(clock);
  const fail = (attempt: Attempt, count = 1) => {
    for (let index = 0; index < count; index += 1) {
      signIns.begin(attempt);
      signIns.failed(attempt);
    }
  };
  return { clock, fail, signIns };
}

const email = "ada@example.com";
const fromHome = { email, network: "192.0.2.1" };

test("after ten failures, an account waits for 90 seconds in that network, and the error tells when to try again", async () => {
  const { clock, fail, signIns } = limits();
  fail(fromHome, 10);
  expect(() => signIns.begin(fromHome)).toThrow(
    expect.objectContaining({
      code: "SIGN_IN_LIMITED",
      status: 429,
      message: "Too many attempts to sign in have failed. Try again in 2 minutes.",
      data: { retryAfterSeconds: 90 },
      headers: { "retry-after": "90" },
    }),
  );
  await clock.advance(90_000);
  signIns.begin(fromHome);
});

test("other networks and other accounts do not wait", () => {
  const { fail, signIns } = limits();
  fail(fromHome, 10);
  signIns.begin({ email, network: "192.0.2.2" });
  signIns.begin({ ...fromHome, email: "eve@example.com" });
});

test("after a hundred failures with any account, a network waits for all of them", () => {
  const { fail, signIns } = limits();
  for (let index = 0; index < 100; index += 1) fail({ email: `${index}@example.com`, network: "192.0.2.1" });
  expect(() => signIns.begin(fromHome)).toThrow(
    expect.objectContaining({ code: "SIGN_IN_LIMITED", data: { retryAfterSeconds: 9 } }),
  );
  signIns.begin({ email, network: "192.0.2.2" });
});

test("attempts that are not checked count for nothing else: neither for the network, nor for the account", async () => {
  const { clock, fail, signIns } = limits();
  const refused = expect.objectContaining({ code: "SIGN_IN_LIMITED" });
  fail(fromHome, 10);
  for (let index = 0; index < 200; index += 1) expect(() => signIns.begin(fromHome)).toThrow(refused);
  const colleague = { ...fromHome, email: "eve@example.com" };
  signIns.begin(colleague);
  for (let index = 0; index < 89; index += 1) fail({ ...fromHome, email: `${index}@example.com` });
  for (let index = 0; index < 200; index += 1) expect(() => signIns.begin(colleague)).toThrow(refused);
  await clock.advance(9_000);
  signIns.begin(colleague);
});

test("while many networks guess, each has one attempt in a quarter of an hour, and new ones are checked at once", async () => {
  const { clock, fail, signIns } = limits();
  for (let index = 0; index < 50; index += 1) fail({ email, network: `network ${index}` });
  const guesser = { email, network: "network 51" };
  fail(guesser);
  expect(() => signIns.begin(guesser)).toThrow(
    expect.objectContaining({
      code: "SIGN_IN_LIMITED",
      message: "Too many attempts to sign in have failed. Try again in 17 minutes.",
    }),
  );
  signIns.begin(fromHome);
  await clock.advance(1_000_000);
  signIns.begin(guesser);
});

test("attempts that succeed are not counted", () => {
  const { signIns } = limits();
  for (let index = 0; index < 200; index += 1) {
    signIns.begin(fromHome);
    signIns.forget(fromHome);
  }
  signIns.begin(fromHome);
});

test("attempts at the same time are counted before the first of them is checked", () => {
  const { signIns } = limits();
  for (let index = 0; index < 10; index += 1) signIns.begin(fromHome);
  expect(() => signIns.begin(fromHome)).toThrow(expect.objectContaining({ code: "SIGN_IN_LIMITED" }));
});
