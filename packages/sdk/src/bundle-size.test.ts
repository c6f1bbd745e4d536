import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";

const entry = join(import.meta.dirname, "entry.ts");
const client = 'export { AppStrategy, createClient } from "@latchkey/sdk";';
const products = 'export { products } from "@latchkey/sdk/stores";';

test.each([
  ["the client", 15_360, client],
  ["the client with products", 20_480, `${client}\n${products}`],
])("%s has at most %i bytes, minified and gzipped", async (_, limitBytes, code) => {
  const bundle = await rolldown({
    input: entry,
    platform: "neutral",
    // Loaded when an app uses the legacy flow, or receives a webhook or a service plugin call.
    external: /\/sdk\/src\/(legacy\/|webhooks\/verify-webhook|service-plugins\/verify-call)/,
    resolve: { conditionNames: ["latchkey-source"] },
    plugins: [
      {
        name: "entry",
        load: (id) => (id === entry ? code : undefined),
        resolveId: (id) => (id === entry ? id : undefined),
      },
    ],
  });
  const { output } = await bundle.generate({ minify: true });
  await bundle.close();
  expect(output).toHaveLength(1);
  expect(gzipSync(output[0].code, { level: 9 }).byteLength).toBeLessThanOrEqual(limitBytes);
});
