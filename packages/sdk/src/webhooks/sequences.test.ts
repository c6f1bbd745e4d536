import { describe, expect, test } from "vitest";
import { type EventPosition, followSequences } from "./sequences.ts";

const instanceId = "5a1c0000-0000-4000-8000-000000000001";

function watch(capacity?: number) {
  const sequences = followSequences(capacity);
  const begin = (sequence: number, instance = instanceId) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const given: EventPosition[] = [];
    const ended = sequences
      .follow({ instanceId: instance, sequence }, async (position) => {
        given.push(position);
        await promise;
      })
      .catch(() => {});
    const end = async (how: () => void) => {
      how();
      await ended;
      return given[0];
    };
    return { succeed: () => end(resolve), fail: () => end(() => reject(new Error("down"))) };
  };
  return {
    begin,
    handled: (sequence: number, instance?: string) => begin(sequence, instance).succeed(),
    failed: (sequence: number) => begin(sequence).fail(),
  };
}

const onTime = { late: false, missing: undefined };

describe("FR-E2: a sequence number", () => {
  test("is late after a later one was handled", async () => {
    const { failed, handled } = watch();
    expect(await handled(1)).toEqual(onTime);
    await failed(3);
    expect(await handled(2)).toEqual(onTime);
    await handled(3);
    expect(await handled(2)).toEqual({ late: true, missing: undefined });
    expect(await handled(3)).toEqual(onTime);
  });

  test("is missing while its handler has failed, and reported once", async () => {
    const { failed, handled } = watch();
    await handled(1);
    await failed(2);
    expect(await handled(3)).toEqual({ late: false, missing: { from: 2, to: 2 } });
    expect(await handled(4)).toEqual(onTime);
    expect(await handled(2)).toEqual({ late: true, missing: undefined });
  });

  test("is not missing after its retry succeeded", async () => {
    const { failed, handled } = watch();
    await failed(1);
    await failed(1);
    expect(await handled(1)).toEqual(onTime);
    expect(await handled(2)).toEqual(onTime);
  });

  test("is reported again when the handler with the report fails", async () => {
    const { failed, handled } = watch();
    await handled(1);
    expect(await failed(5)).toEqual({ late: false, missing: { from: 2, to: 4 } });
    expect(await handled(5)).toEqual({ late: false, missing: { from: 2, to: 4 } });
    expect(await failed(9)).toEqual({ late: false, missing: { from: 6, to: 8 } });
    expect(await handled(10)).toEqual({ late: false, missing: { from: 6, to: 9 } });
  });

  test("inside a missing range splits it", async () => {
    const { failed, handled } = watch();
    await handled(1);
    await failed(5);
    expect(await handled(3)).toEqual({ late: false, missing: { from: 2, to: 2 } });
    expect(await handled(6)).toEqual({ late: false, missing: { from: 4, to: 5 } });
  });

  test("is missing after its handler fails, not while it runs", async () => {
    const { begin, handled } = watch();
    await handled(6);
    const [seven, eight, nine] = [begin(7), begin(8), begin(9)];
    expect(await eight.succeed()).toEqual(onTime);
    await seven.fail();
    expect(await nine.succeed()).toEqual(onTime);
    expect(await handled(10)).toEqual({ late: false, missing: { from: 7, to: 7 } });
    expect(await handled(11)).toEqual(onTime);
  });

  test("is tracked per instance, without the least recently active ones", async () => {
    const { handled } = watch(2);
    await handled(1, "first");
    await handled(7, "second");
    expect(await handled(3, "first")).toEqual({ late: false, missing: { from: 2, to: 2 } });
    await handled(1, "third");
    expect(await handled(9, "second")).toEqual(onTime);
    expect(await handled(8, "second")).toEqual({ late: true, missing: undefined });
  });
});
