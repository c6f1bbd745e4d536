// Signs and checks instance parameters, one after the other, and replies with the rates: with @latchkey/protocol, and
// with node:crypto, which checks only the signature.
import { createHmac, timingSafeEqual } from "node:crypto";
import { importInstanceKey, readInstanceParameter, writeInstanceParameter } from "@latchkey/protocol";

const secret = "lks_a_secret_of_an_app_that_is_as_long_as_the_real_ones_are";
const now = Date.parse("2026-01-02T03:04:05.678Z");
const parameter = {
  ...{ instanceId: "5a1c0000-0000-4000-8000-000000000001", appDefId: "b2f00000-0000-4000-8000-000000000001" },
  ...{ signDate: "2026-01-02T03:04:05.678Z", expirationDate: "2026-01-02T07:04:05.678Z" },
  ...{ uid: "user-7", permissions: "OWNER", demoMode: false, siteOwnerId: "user-7", vendorProductId: null },
};
const key = await importInstanceKey(secret);
const text = await writeInstanceParameter(parameter, key);

const operations: Readonly<Record<string, () => unknown>> = {
  "latchkey, sign": () => writeInstanceParameter(parameter, key),
  "latchkey, check and read": async () => {
    if ("reason" in (await readInstanceParameter(text, { keys: [key], now })))
      throw new Error("The parameter is invalid.");
  },
  "bare HMAC, sign": () => {
    const payload = Buffer.from(JSON.stringify(parameter)).toString("base64url");
    return `${createHmac("sha256", secret).update(payload).digest("base64url")}.${payload}`;
  },
  "bare HMAC, check and read": () => {
    const [signature = "", payload = ""] = text.split(".");
    const good = createHmac("sha256", secret).update(payload).digest();
    if (!timingSafeEqual(good, Buffer.from(signature, "base64url")))
      throw new Error("The parameter is invalid.");
    return JSON.parse(Buffer.from(payload, "base64url").toString());
  },
};

/** The message that starts a measurement. */
export interface SignerJob {
  readonly rounds: number;
  readonly milliseconds: number;
}

/** Operations per second by name, round by round. */
export type SignerRates = Readonly<Record<string, readonly number[]>>;

process.on("message", (message: SignerJob | "usage") => {
  if (message !== "usage") void measure(message).then((rates) => process.send?.(rates));
});

async function measure({ milliseconds, rounds }: SignerJob): Promise<SignerRates> {
  const rates: Record<string, number[]> = {};
  // The first round compiles the code and is not counted.
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, operation] of Object.entries(operations)) {
      const started = performance.now();
      let done = 0;
      while (performance.now() - started < milliseconds) {
        for (let count = 0; count < 50; count += 1) await operation();
        done += 50;
      }
      const rate = done / ((performance.now() - started) / 1_000);
      if (round >= 0) rates[name] = [...(rates[name] ?? []), rate];
    }
  }
  return rates;
}
