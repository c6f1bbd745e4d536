import { type Child, startChild } from "../processes/child.ts";

/** The endpoints, in a process of their own on the core of the load. */
export interface Endpoints {
  readonly origin: string;
  /** Forgets what has come, and waits for so many. */
  expect(count: number): Promise<void>;
  /** Waits for this many arrivals. @returns how long the second half of them took, in milliseconds */
  halfSpan(count: number): Promise<number>;
  /** When each event arrived, in milliseconds of the machine's clock. */
  arrivals(): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

const patienceMs = 120_000;

export async function startEndpoints(): Promise<Endpoints> {
  const child: Child = startChild(new URL("./receiver.ts", import.meta.url), { core: "load" });
  const port = await child.ask<number>("listen");
  return {
    origin: `http://127.0.0.1:${port}`,
    expect: async (expected) => void (await child.ask({ expected })),
    async halfSpan(expected) {
      for (const end = performance.now() + patienceMs; performance.now() < end; ) {
        const { count, half, last } = await child.ask<{ count: number; half: number; last: number }>("count");
        if (count >= expected) return last - half;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`Fewer than ${expected} deliveries arrived.`);
    },
    async arrivals() {
      const arrivals = await child.ask<{ id: string; at: number }[]>("arrivals");
      return new Map(arrivals.map(({ at, id }) => [id, at]));
    },
    stop: () => child.stop("SIGKILL"),
  };
}
