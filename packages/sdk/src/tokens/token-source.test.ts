import { failureOf } from "@latchkey/test-support/sdk/failure";
import { createTestClock, rest } from "@latchkey/test-support/sdk/test-clock";
import { describe, expect, it } from "vitest";
import { LatchkeyError } from "../errors.ts";
import type { TokenSubject } from "./token-request.ts";
import { createTokenSource } from "./token-source.ts";

const SUBJECT: TokenSubject = { instanceId: "instance-1", scopes: undefined };
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Creates a source of numbered tokens with a lifetime of four hours. */
function numberedTokens({ capacity = 10 } = {}) {
  const clock = createTestClock();
  const requested: TokenSubject[] = [];
  const control = { fail: false, hold: undefined as Promise<void> | undefined };
  const source = createTokenSource({
    clock,
    random: () => 0.5,
    capacity,
    async mint(subject) {
      const token = `token-${requested.push(subject)}`;
      await control.hold;
      if (control.fail) throw new LatchkeyError("network", "Down.", { retryable: true });
      return { token, lifetimeMs: 4 * HOUR, expiresAt: clock.now() + 4 * HOUR };
    },
  });
  return { clock, control, requested, source };
}

function gate(): { closed: Promise<void>; open: () => void } {
  let open = (): void => {};
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { closed, open };
}

describe("token source", () => {
  it("makes one request for 1,000 concurrent callers, and none while the token is fresh", async () => {
    const { source, requested, clock } = numberedTokens();
    const tokens = await Promise.all(Array.from({ length: 1_000 }, () => source.holderFor(SUBJECT).get()));
    expect(new Set(tokens)).toEqual(new Set(["token-1"]));
    await clock.advance(3 * HOUR);
    expect(await source.holderFor(SUBJECT).get()).toBe("token-1");
    expect(requested).toHaveLength(1);
  });

  it("makes one more request when the token has expired under load", async () => {
    const { source, requested, clock } = numberedTokens();
    await source.holderFor(SUBJECT).get();
    await clock.advance(4 * HOUR);
    const tokens = await Promise.all(Array.from({ length: 1_000 }, () => source.holderFor(SUBJECT).get()));
    expect(new Set(tokens)).toEqual(new Set(["token-2"]));
    expect(requested).toHaveLength(2);
  });

  it("returns a token until its last millisecond", async () => {
    const { source, control, clock } = numberedTokens();
    const holder = source.holderFor(SUBJECT);
    await holder.get();
    control.hold = gate().closed;
    await clock.advance(4 * HOUR - 1);
    expect(await holder.get()).toBe("token-1");
    await clock.advance(1);
    expect(await Promise.race([holder.get(), rest().then(() => "waits")])).toBe("waits");
  });

  it("renews once in the background and returns the old token meanwhile", async () => {
    const { source, control, requested, clock } = numberedTokens();
    const holder = source.holderFor(SUBJECT);
    await holder.get();
    await clock.advance(4 * HOUR - 24 * MINUTE - 1);
    await holder.get();
    expect(requested).toHaveLength(1);

    const { closed, open } = gate();
    control.hold = closed;
    await clock.advance(1);
    const during = await Promise.all(Array.from({ length: 1_000 }, () => holder.get()));
    expect(new Set(during)).toEqual(new Set(["token-1"]));
    expect(requested).toHaveLength(2);
    open();
    await rest();
    expect(await holder.get()).toBe("token-2");
    expect(requested).toHaveLength(2);
  });

  it("makes no request while unused", async () => {
    const { source, requested, clock } = numberedTokens();
    await source.holderFor(SUBJECT).get();
    await clock.advance(100 * HOUR);
    expect(requested).toHaveLength(1);
    expect(clock.waiting).toEqual([]);
  });

  it("returns the old token after failed renewals, retries with increasing delays, and fails at expiry", async () => {
    const { source, control, requested, clock } = numberedTokens();
    const holder = source.holderFor(SUBJECT);
    await holder.get();
    await clock.advance(4 * HOUR - 24 * MINUTE);
    control.fail = true;
    const triesAfter = async (ms: number): Promise<number> => {
      await clock.advance(ms);
      expect(await holder.get()).toBe("token-1");
      await rest();
      return requested.length - 1;
    };
    expect(await triesAfter(0)).toBe(1);
    expect(await triesAfter(749)).toBe(1);
    expect(await triesAfter(1)).toBe(2);
    expect(await triesAfter(1_499)).toBe(2);
    expect(await triesAfter(1)).toBe(3);
    expect(await triesAfter(3_000)).toBe(4);

    await clock.advance(24 * MINUTE);
    expect((await failureOf(holder.get())).code).toBe("network");
    control.fail = false;
    expect(await holder.get()).toBe("token-7");
  });

  it("makes one request after 1,000 callers report the same rejected token", async () => {
    const { source, requested } = numberedTokens();
    const holder = source.holderFor(SUBJECT);
    const refused = await holder.get();
    const tokens = await Promise.all(
      Array.from({ length: 1_000 }, () => {
        holder.reject(refused);
        return holder.get();
      }),
    );
    expect(new Set(tokens)).toEqual(new Set(["token-2"]));
    expect(requested).toHaveLength(2);
  });

  it("keeps the new token when the old one is reported late", async () => {
    const { source, requested } = numberedTokens();
    const holder = source.holderFor(SUBJECT);
    holder.reject(await holder.get());
    await holder.get();
    holder.reject("token-1");
    expect(await holder.get()).toBe("token-2");
    expect(requested).toHaveLength(2);
  });

  it("does not cache a failure: the next caller sends a new request", async () => {
    const { source, control } = numberedTokens();
    const holder = source.holderFor(SUBJECT);
    control.fail = true;
    expect((await failureOf(holder.get())).code).toBe("network");
    control.fail = false;
    expect(await holder.get()).toBe("token-2");
  });

  it("cancels one caller without cancelling the request of the others", async () => {
    const { source, control, requested } = numberedTokens();
    const { closed, open } = gate();
    control.hold = closed;
    const impatient = new AbortController();
    const first = failureOf(source.holderFor(SUBJECT).get(impatient.signal));
    const second = source.holderFor(SUBJECT).get();
    impatient.abort();
    expect((await first).code).toBe("aborted");
    open();
    expect(await second).toBe("token-1");
    expect(requested).toHaveLength(1);
  });

  it("sends no request for a caller that has already cancelled", async () => {
    const { source, requested } = numberedTokens();
    expect((await failureOf(source.holderFor(SUBJECT).get(AbortSignal.abort()))).code).toBe("aborted");
    expect(requested).toEqual([]);
  });

  it("has no unhandled rejection when all callers have cancelled", async () => {
    const { source, control } = numberedTokens();
    const { closed, open } = gate();
    control.hold = closed;
    control.fail = true;
    const impatient = new AbortController();
    const only = failureOf(source.holderFor(SUBJECT).get(impatient.signal));
    impatient.abort();
    await only;
    open();
    await rest();
  });

  it.each([
    ["instances", { instanceId: "a", scopes: undefined }, { instanceId: "b", scopes: undefined }],
    ["scope sets", { instanceId: "a", scopes: ["x"] }, { instanceId: "a", scopes: ["x", "y"] }],
    [
      "some scopes and all of them",
      { instanceId: "a", scopes: ["x"] },
      { instanceId: "a", scopes: undefined },
    ],
    [
      "ids with separators",
      { instanceId: 'a",["x"]', scopes: undefined },
      { instanceId: "a", scopes: ["x"] },
    ],
    [
      "ids and scopes split differently",
      { instanceId: "a,b", scopes: ["c"] },
      { instanceId: "a", scopes: ["b", "c"] },
    ],
    [
      "ids that end differently",
      { instanceId: "a\u0000", scopes: undefined },
      { instanceId: "a", scopes: undefined },
    ],
  ])("never shares a token between two %s", async (_what, one, other) => {
    const { source } = numberedTokens();
    expect(await source.holderFor(one).get()).toBe("token-1");
    expect(await source.holderFor(other).get()).toBe("token-2");
    expect(await source.holderFor(one).get()).toBe("token-1");
  });

  it("keeps the most recently used tokens up to its capacity", async () => {
    const { source, requested } = numberedTokens({ capacity: 2 });
    const use = (instanceId: string): Promise<string> =>
      source.holderFor({ instanceId, scopes: undefined }).get();
    expect([
      await use("a"),
      await use("b"),
      await use("a"),
      await use("c"),
      await use("a"),
      await use("b"),
    ]).toEqual(["token-1", "token-2", "token-1", "token-3", "token-1", "token-4"]);
    expect(requested).toHaveLength(4);
  });
});
