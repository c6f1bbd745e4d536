import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createManualClock } from "../infrastructure/clock/index.ts";
import { readConfig } from "./config.ts";
import { createPlatform } from "./platform.ts";
import { listen } from "./server.ts";
import { shutDown } from "./shutdown.ts";

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "latchkey-test-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("FR-B9: is not ready first, serves during the drain delay, and then accepts no more", async () => {
  const platform = await createPlatform(
    readConfig({
      LATCHKEY_ENV: "development",
      LATCHKEY_DATA_DIR: directory,
      LATCHKEY_ADMIN_KEY: "Zm9yIHRlc3RzIG9ubHk6IDMyIGJ5dGVzIG9mIHRleHQhIQ==",
      LATCHKEY_LOG_LEVEL: "silent",
    }),
  );
  const server = await listen(platform, { host: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${server.port}`;
  const clock = createManualClock(0);
  const ended = shutDown({ platform, server }, { drainDelayMs: 5_000, clock });
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, ready.headers.get("retry-after")]).toEqual([503, "5"]);
  await clock.advance(4_999);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  await clock.advance(1);
  await ended;
  await expect(fetch(`${url}/healthz`)).rejects.toThrow("fetch failed");
});
