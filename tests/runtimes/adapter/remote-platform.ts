import { createPrivateKey } from "node:crypto";
import { createTestClock } from "@latchkey/test-support/sdk/test-clock";

/** What the process of the platforms returns about a new one. */
interface Started {
  readonly id: number;
  readonly url: string;
  readonly adminKey: string;
  readonly now: number;
}

async function call<Value>(method: string, id: number | undefined, args: readonly unknown[]): Promise<Value> {
  const response = await fetch(String(process.env.PLATFORM_CONTROL_URL), {
    method: "POST",
    body: JSON.stringify({ method, id, args }),
  });
  const { error, value } = (await response.json()) as { error?: string; value: Value };
  if (error !== undefined) throw new Error(error);
  return value;
}

const remoteMethods = [
  ...["createApp", "createSite", "install", "remove", "suspend", "resume", "approve", "settled", "close"],
] as const;

/** Takes the place of the test kit: the platform runs in a process of Node, and the clock in both. */
export async function createTestPlatform(options: object = {}) {
  const { id, now, ...facts } = await call<Started>("start", undefined, [options]);
  const local = createTestClock();
  await local.advance(now - local.now());
  const advance = async (duration: number | string): Promise<void> => {
    const remoteNow = await call<number>("advance", id, [duration]);
    await local.advance(remoteNow - local.now());
  };
  const methods = remoteMethods.map((name) => [name, (...args: unknown[]) => call(name, id, args)]);
  const clock = { now: local.now, after: local.after, advance };
  return {
    ...facts,
    ...Object.fromEntries(methods),
    ...{ clock, platform: { clock } },
    async signingKey() {
      const { jwk, kid } = await call<{ kid: string; jwk: JsonWebKey }>("signingKey", id, []);
      return { kid, privateKey: createPrivateKey({ key: { ...jwk }, format: "jwk" }) };
    },
  };
}
