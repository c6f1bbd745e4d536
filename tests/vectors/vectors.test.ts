import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AppStrategy, createApp, createClient, LatchkeyError, readInstanceParameter } from "@latchkey/sdk";
import { shippingRates } from "@latchkey/sdk/ecom";
import { describe, expect, test } from "vitest";
import { vectorsFolder, writeVectors } from "../../tools/vectors/vectors.ts";

// Runs the vectors of `packages/protocol/vectors` with our client.

const root = join(import.meta.dirname, "../..");
const read = (name: string) => JSON.parse(readFileSync(join(root, vectorsFolder, name), "utf8"));
const pages = read("pages.json");
const webhooks = read("webhooks.json");
const servicePlugins = read("service-plugins.json");

interface Case {
  readonly name: string;
  readonly value: string;
  readonly jwt: string;
  readonly maxAge?: number;
  readonly expected: { readonly reason?: string; readonly [what: string]: unknown };
}

test.each(Object.entries(writeVectors()))("%s is up to date: else npm run vectors", (name, text) => {
  expect(readFileSync(join(root, vectorsFolder, name), "utf8")).toBe(text);
});

const clockAt = (now: string) => ({ now: () => Date.parse(now), after: () => ({ cancel() {} }) });

/** The result, or the reason of the error. */
async function outcome<Result>(work: () => Promise<Result>): Promise<Result | { reason: unknown }> {
  try {
    return await work();
  } catch (error) {
    if (!LatchkeyError.is(error)) throw error;
    return { reason: error.reason };
  }
}

describe("G12 pages", () => {
  test.each(pages.cases as Case[])("$name", async ({ expected, maxAge, value }) => {
    const options = { secrets: pages.secrets, clock: clockAt(pages.now), maxAge: maxAge ?? Infinity };
    const got = await outcome(async () => ({ parameter: await readInstanceParameter(value, options) }));
    expect(got).toEqual(expected);
  });
});

describe("webhooks", () => {
  const { appId, issuer, now, publicKey } = webhooks;
  const client = createClient({
    ...{ auth: AppStrategy({ appId, publicKey }), apiUrl: issuer, clock: clockAt(now) },
  });
  test.each(webhooks.cases as Case[])("$name", async ({ expected, jwt }) => {
    const got = await outcome(async () => ({ event: await client.webhooks.parseJWT(jwt) }));
    // Values without text are rejected before the verification.
    const reason = jwt === "" ? undefined : expected.reason;
    expect(got).toMatchObject("event" in expected ? expected : { reason });
  });
});

describe("calls of service plugins", () => {
  const { appId, issuer, now, publicKey, url } = servicePlugins;
  test.each(servicePlugins.cases as Case[])("$name", async ({ expected, jwt }) => {
    const app = createApp({ appId, publicKey, apiUrl: issuer, clock: clockAt(now) });
    let data: unknown;
    app.servicePlugins.implement(shippingRates, {
      getShippingRates({ metadata, request }) {
        data = { request, metadata };
        return { shippingRates: [] };
      },
    });
    const got = await outcome(async () => {
      await app.servicePlugins.process({ url, body: jwt });
      return { data };
    });
    expect(got).toEqual(expected);
  });
});
