import type crypto from "node:crypto";
import { expect, test, vi } from "vitest";
import { generateAppKey } from "./app-keys.ts";

const generating = vi.hoisted(() => ({ now: 0, most: 0 }));

vi.mock("node:crypto", async (original) => {
  const real = await original<typeof crypto>();
  const { promisify } = await import("node:util");
  const generate = promisify(real.generateKeyPair) as (type: string, options: object) => Promise<object>;
  // `promisify` calls this property instead of the function.
  const counted = async (type: string, options: object): Promise<object> => {
    generating.now += 1;
    generating.most = Math.max(generating.most, generating.now);
    return await generate(type, options).finally(() => {
      generating.now -= 1;
    });
  };
  return { ...real, generateKeyPair: Object.assign(() => {}, { [promisify.custom]: counted }) };
});

test("one requester generates one key pair at a time, and all requesters two (FR-A9)", async () => {
  await Promise.all(Array.from({ length: 5 }, () => generateAppKey("key:one")));
  expect(generating.most).toBe(1);
  await Promise.all(["key:one", "key:two", "key:three", "key:four"].map((name) => generateAppKey(name)));
  expect(generating.most).toBe(2);
});

test("too many key pairs of one requester are refused, and those of another are not (FR-A9)", async () => {
  const started = Array.from({ length: 202 }, () => generateAppKey("key:one"));
  for (const one of started) one.catch(() => {});
  const other = generateAppKey("key:two");
  await expect(started.at(-1)).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  await expect(other).resolves.toMatchObject({ publicPem: expect.stringContaining("PUBLIC KEY") });
});
