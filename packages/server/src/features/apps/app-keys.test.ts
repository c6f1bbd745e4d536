import { createHook } from "node:async_hooks";
import { createPrivateKey } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import type { Worker } from "node:worker_threads";
import { expect, test, vi } from "vitest";
import { generateAppKey, signForApp } from "./app-keys.ts";

test("one thread of low priority generates the key pairs of all requesters (FR-A9)", async () => {
  const threads: Worker[] = [];
  process.on("worker", (thread) => threads.push(thread));
  // Another test file of this process may have started the thread of the loaded module.
  vi.resetModules();
  const { generateAppKey } = await import("./app-keys.ts");
  const names = ["key:one", "key:two", "key:three", "key:one", "key:one"];
  const pairs = await Promise.all(names.map((name) => generateAppKey(name)));
  expect(new Set(pairs.map(({ publicPem }) => publicPem)).size).toBe(5);
  expect(threads).toHaveLength(1);
  if (process.platform === "linux") {
    expect(priorities()).toContain(constants.priority.PRIORITY_BELOW_NORMAL);
    expect(priorities()).toContain(constants.priority.PRIORITY_NORMAL);
  }
  await threads[0]?.terminate();
  await expect(generateAppKey()).resolves.toMatchObject({
    publicPem: expect.stringContaining("PUBLIC KEY"),
    privatePem: expect.stringContaining("PRIVATE KEY"),
  });
});

test("too many key pairs of one requester are refused, and those of another are not (FR-A9)", async () => {
  const started = Array.from({ length: 202 }, () => generateAppKey("key:one"));
  for (const one of started) one.catch(() => {});
  const other = generateAppKey("key:two");
  await expect(started.at(-1)).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  await expect(other).resolves.toMatchObject({ publicPem: expect.stringContaining("PUBLIC KEY") });
});

test("apps sign at most 32 messages at once, one app 16, and all of them are signed (FR-A8)", async () => {
  const privateKey = createPrivateKey((await generateAppKey()).privatePem);
  const signing = new Set<number>();
  let most = 0;
  const hook = createHook({
    init(id, type) {
      if (type === "SIGNREQUEST") most = Math.max(most, signing.add(id).size);
    },
    before: (id) => void signing.delete(id),
  }).enable();
  const sign = (kid: string) => signForApp({ kid }, "webhook+jwt", { kid, privateKey });
  const tokens = await Promise.all(Array.from({ length: 300 }, () => sign("one")));
  expect([most, new Set(tokens).size]).toEqual([16, 1]);
  const kids = ["one", "two", "three", "four"];
  await Promise.all(kids.flatMap((kid) => Array.from({ length: 40 }, () => sign(kid))));
  expect(most).toBeGreaterThan(16);
  expect(most).toBeLessThan(32);
  hook.disable();
});

/** The nice value of each thread of this process. */
function priorities(): number[] {
  return readdirSync("/proc/self/task").map((id) => {
    const [, fields = ""] = /^.*\) (.*)$/s.exec(readFileSync(`/proc/self/task/${id}/stat`, "utf8")) ?? [];
    return Number(fields.split(" ")[16]);
  });
}
