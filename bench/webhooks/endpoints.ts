import { type Child, startChild } from "../processes/child.ts";

/** Webhook endpoints, in their own process on the core of the load. */
export interface Endpoints {
  readonly origin: string;
  /** Resets the counters; `count` deliveries are expected. */
  expect(count: number): Promise<void>;
  /** Waits for `count` deliveries. @returns the time of the second half of them, in milliseconds */
  halfSpan(count: number): Promise<number>;
  /** The time of each delivery by event id, in epoch milliseconds. */
  receivedAt(): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

const timeoutMs = 120_000;

export async function startEndpoints(): Promise<Endpoints> {
  const child: Child = startChild(new URL("./receiver.ts", import.meta.url), { core: "load" });
  const port = await child.ask<number>("listen");
  return {
    origin: `http://127.0.0.1:${port}`,
    expect: async (expected) => void (await child.ask({ expected })),
    async halfSpan(expected) {
      for (const end = performance.now() + timeoutMs; performance.now() < end; ) {
        const { count, half, last } = await child.ask<{ count: number; half: number; last: number }>("count");
        if (count >= expected) return last - half;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`Fewer than ${expected} deliveries arrived.`);
    },
    async receivedAt() {
      const deliveries = await child.ask<{ id: string; at: number }[]>("deliveries");
      return new Map(deliveries.map(({ at, id }) => [id, at]));
    },
    stop: () => child.stop("SIGKILL"),
  };
}
