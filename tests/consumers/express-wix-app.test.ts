import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { managementCaller } from "@latchkey/test-support/management-client";
import { eventually } from "@latchkey/test-support/webhook-receiver";
import { afterAll, beforeAll, expect, test } from "vitest";
import { childFlags, uncheckedFlags } from "../../tools/test/responses/child-process.ts";

// An app for the third-party client, which is not changed for Latchkey, runs with `latchkey run` and the redirect.

const folder = join(import.meta.dirname, "express-wix-app");
const latchkey = join(import.meta.dirname, "../../packages/server/src/latchkey.ts");
const shipping = "ECOM_SHIPPING_RATES";

let platform: TestPlatform;
let call: ReturnType<typeof managementCaller>;
let app: Awaited<ReturnType<TestPlatform["createApp"]>>;
let directory: string;
let child: ChildProcess;
let output = "";
let url: string;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores] });
  call = managementCaller(platform);
  app = await platform.createApp({ scopes: ["SCOPE.DC-STORES.MANAGE-PRODUCTS"] });
  directory = mkdtempSync(join(tmpdir(), "latchkey-express-"));
  const file = join(directory, "app.env");
  const publicKey = Buffer.from(app.publicKey).toString("base64");
  const lines = [
    ...[`LATCHKEY_URL=${platform.url}`, `APP_ID=${app.appId}`, `APP_SECRET=${app.secret.value}`],
    `APP_PUBLIC_KEY=${publicKey}`,
  ];
  writeFileSync(file, lines.join("\n"));
  const program = ["node", ...uncheckedFlags(), "--import", "@latchkey/sdk/redirect", "app.js"];
  const { NODE_OPTIONS: _, ...env } = process.env;
  child = spawn(
    process.execPath,
    [...childFlags(), latchkey, "run", "--credentials", file, "--", ...program],
    {
      cwd: folder,
      env: { ...env, PATH: `${join(process.execPath, "..")}:${env.PATH}`, PORT: "0" },
    },
  );
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
  const port = /listening on (\d+)/;
  await eventually(
    () => port.test(output),
    () => output,
  );
  url = `http://127.0.0.1:${port.exec(output)?.[1]}`;
  for (const eventType of ["AppInstalled", "AppRemoved", "com.wix.ecommerce.catalog.api.v1.ProductCreated"]) {
    await call(`POST /apps/${app.appId}/webhooks`, { body: { eventType, url: `${url}/webhooks` } });
  }
  const body = { kind: "SERVICE_PLUGIN", componentType: shipping, baseUri: `${url}/shipping` };
  await call(`POST /apps/${app.appId}/extensions`, { body });
});
afterAll(async () => {
  child?.kill();
  if (child?.exitCode === null) await once(child, "exit");
  await platform?.close();
  rmSync(directory, { recursive: true });
});

const read = async (path: string) => (await fetch(url + path)).json();

test("starts with the names of its variables and the target of its requests, but without secrets", () => {
  expect(output).toContain(
    "latchkey: node runs with LATCHKEY_URL, APP_ID, WIX_CLIENT_ID, APP_SECRET, WIX_CLIENT_SECRET, APP_PUBLIC_KEY, WIX_CLIENT_PUBLIC_KEY.",
  );
  expect(output).toContain(`go to ${platform.url}/\n`);
  expect(output).not.toContain(app.secret.value);
});

test("is installed, calls the API, receives events and calculates shipping rates until it is removed", async () => {
  const { siteId } = await platform.createSite({ name: "Corner Shop", locale: "de", currency: "EUR" });
  const { instanceId } = await platform.install({ appId: app.appId, siteId });
  await platform.settled();
  expect(await read("/sites")).toEqual([{ name: "Corner Shop", created: [] }]);
  expect(await read(`/sites/${instanceId}/locale`)).toEqual({ locale: "de" });

  const request = {
    lineItems: [{ name: "Mug", quantity: 1, price: "9.00", physicalProperties: { weight: 0.3 } }],
    shippingDestination: { country: "DE", subdivision: "DE-BE", city: "Berlin", postalCode: "10115" },
  };
  const rates = { siteId, componentType: shipping, method: "getShippingRates", request };
  const cost = async () => {
    const { body, status } = await call("POST /service-plugins/call", { body: rates });
    expect([status, body]).toMatchObject([200, { results: [{ response: {} }] }]);
    return (body as unknown as { results: [{ response: { shippingRates: [{ cost: object }] } }] }).results[0]
      .response.shippingRates[0].cost;
  };
  expect(await cost()).toEqual({ price: "9.00", currency: "EUR" });

  const created = await fetch(`${url}/sites/${instanceId}/products`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "Mug", priceData: { price: 9 } }),
  });
  expect(await created.json()).toEqual({ id: expect.any(String) });
  await platform.settled();
  expect(await read("/sites")).toEqual([{ name: "Corner Shop", created: ["Mug"] }]);
  expect(await cost()).toEqual({ price: "5.00", currency: "EUR" });

  await platform.remove(instanceId);
  await platform.settled();
  expect(await read("/sites")).toEqual([]);
});

test("ends with the signal that latchkey receives", async () => {
  child.kill("SIGTERM");
  const [code] = await once(child, "exit");
  expect(code).toBe(128 + 15);
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});
