import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { createTestPlatform } from "./index.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as (options: { execution: "async" }) => Promise<void>;

async function usedBytes(): Promise<number> {
  await collectGarbage({ execution: "async" });
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function openAndClose(count: number, database: "sqlite" | "postgres"): Promise<void> {
  for (let done = 0; done < count; done += 1) await (await createTestPlatform({ database })).close();
}

test.each(["sqlite", "postgres"] as const)(
  "platforms that are closed keep no memory, on %s",
  async (database) => {
    await openAndClose(3, database);
    const before = await usedBytes();
    await openAndClose(10, database);
    // One platform has 5 to 7 MB.
    expect((await usedBytes()) - before).toBeLessThan(30_000_000);
  },
);
