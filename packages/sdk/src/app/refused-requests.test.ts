import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { failureOf } from "@latchkey/test-support/sdk/failure";
import {
  API_URL,
  APP_ID,
  APP_SECRET,
  createScriptedPlatform,
  refusedConnection,
} from "@latchkey/test-support/sdk/scripted-platform";
import { claimsOf, makeKeys } from "@latchkey/test-support/sdk/signed-webhook";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { RefusedRequest } from "../reports/refused-request.ts";
import { nodeHandler } from "../webhooks/node-handler.ts";
import { createApp } from "./create-app.ts";

const own = makeKeys("own");
const post = (body: string) => new Request("https://app.test/hooks", { method: "POST", body });
const page = (query = "") => new Request(`https://app.test/page${query}`);
const foreign = (iss = "http://127.0.0.1:4400") => own.sign(claimsOf({}, { iss }));
const pluginHeader = { alg: "RS256", typ: "service-plugin+jwt", kid: "own" };
const pluginCall = own.sign(
  claimsOf({}, { data: { request: {}, metadata: { appExtensionType: "SPI", instanceId: "one" } } }),
  pluginHeader,
);

afterEach(() => vi.restoreAllMocks());

function connect(change: object = {}) {
  const platform = createScriptedPlatform();
  const written = vi.spyOn(console, "warn").mockImplementation(() => {});
  const failed = vi.spyOn(console, "error").mockImplementation(() => {});
  const refused: RefusedRequest[] = [];
  const onRefused = (one: RefusedRequest) => refused.push(one);
  const credentials = { appId: APP_ID, appSecret: APP_SECRET, publicKey: own.publicKey };
  const app = createApp({ ...credentials, ...platform.options, onRefused, ...change });
  const seen = () => refused.map(({ error, kind }) => [kind, error.code, error.reason]);
  return { app, clock: platform.clock, failed, seen, lines: () => written.mock.calls.map(([line]) => line) };
}

describe("(FR-E9) a refused request is reported by", () => {
  test.each<[string, (app: ReturnType<typeof connect>["app"]) => Promise<unknown>, unknown[]]>([
    ["app.fetch, a webhook", ({ fetch }) => fetch(post("x")), ["webhook", "invalid_delivery", "malformed"]],
    [
      "app.fetch, a service plugin call without an implementation",
      ({ fetch }) => fetch(post(pluginCall)),
      ["service-plugin", "not_implemented", undefined],
    ],
    [
      "app.fetch, a body that was read before",
      async ({ fetch }) => {
        const request = post("x");
        await request.text();
        return await fetch(request);
      },
      ["request", "body_already_read", undefined],
    ],
    [
      "authenticate.webhook",
      ({ authenticate }) => authenticate.webhook(post(foreign())),
      ["webhook", "invalid_delivery", "wrong_issuer"],
    ],
    [
      "authenticate.servicePlugin",
      ({ authenticate }) => authenticate.servicePlugin(post("x")),
      ["service-plugin", "invalid_delivery", "malformed"],
    ],
    [
      "authenticate.page",
      ({ authenticate }) => authenticate.page(page()),
      ["page", "invalid_instance_parameter", "missing"],
    ],
    [
      "authenticate.user",
      ({ authenticate }) => authenticate.user(page()),
      ["user", "invalid_access_token", undefined],
    ],
    [
      "webhooks.process",
      ({ webhooks }) => webhooks.process("x"),
      ["webhook", "invalid_delivery", "malformed"],
    ],
    [
      "servicePlugins.process",
      ({ servicePlugins }) => servicePlugins.process({ url: "/spi", body: pluginCall }),
      ["service-plugin", "not_implemented", undefined],
    ],
  ])("%s", async (_name, receive, expected) => {
    const { app, failed, lines, seen } = connect();
    await receive(app).catch(() => undefined);
    expect(seen()).toEqual([expected]);
    expect([lines(), failed.mock.calls]).toEqual([[], []]);
  });

  test("nodeHandler, a body above 1 MiB", async () => {
    const { app, seen } = connect();
    const server = createServer(nodeHandler(app.fetch));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const response = await fetch(url, { method: "POST", body: "x".repeat(1_200_000) });
    server.close();
    expect([response.status, seen()]).toEqual([413, [["request", "body_too_large", undefined]]]);
  });
});

describe("(FR-E9) by default, a refused request", () => {
  test("is one line that names both issuers and the option", async () => {
    const { app, lines } = connect({ onRefused: undefined });
    expect((await app.fetch(post(foreign()))).status).toBe(401);
    expect(lines()).toEqual([
      "latchkey: a webhook was refused (invalid_delivery, wrong_issuer). " +
        `The webhook was issued by http://127.0.0.1:4400, but this app accepts ${API_URL}. Check apiUrl and the option issuer.`,
    ]);
  });

  test("is reported once a minute for each reason, with the number of the others", async () => {
    const { app, clock, lines } = connect({ onRefused: undefined });
    for (let count = 0; count < 5; count += 1) await app.fetch(post("x"));
    await app.fetch(post(own.sign(claimsOf({}, { aud: "other" }))));
    const malformed = "latchkey: a webhook was refused (invalid_delivery, malformed). ";
    const unchanged = "The webhook is not a signed JWT. Pass the request body as unchanged text.";
    expect(lines()).toEqual([
      `${malformed}${unchanged}`,
      "latchkey: a webhook was refused (invalid_delivery, wrong_audience). The webhook is for another app. Check appId.",
    ]);
    await clock.advance(60_000);
    await app.fetch(post("x"));
    expect(lines()[2]).toBe(`${malformed}${unchanged} (4 more since the last line)`);
  });

  test("is a line without the JWT, the secret and the body", async () => {
    const { app, lines } = connect({ onRefused: undefined });
    const texts = [foreign(`${APP_SECRET}\n${own.sign(claimsOf())}`), `${pluginCall}x`, APP_SECRET];
    for (const text of texts) await app.fetch(post(text));
    await app.authenticate.page(page(`?instance=${APP_SECRET}`)).catch(() => undefined);
    expect(lines()).toHaveLength(4);
    for (const line of lines()) expect(line).not.toMatch(/\n|eyJ|lks_/);
  });

  test("is a line too when the keys of the platform cannot be fetched", async () => {
    const fetch = refusedConnection;
    const { app, failed, lines } = connect({ onRefused: undefined, publicKey: undefined, fetch });
    expect((await app.fetch(post(foreign()))).status).toBe(503);
    expect(lines()).toEqual([
      expect.stringMatching(
        /^latchkey: a webhook was refused \(network\)\. GET \/apps\/<APP_ID>\/\.well-known\/jwks\.json failed/,
      ),
    ]);
    expect(failed).not.toHaveBeenCalled();
  });

  test("is not reported with onRefused: false", async () => {
    const { app, lines } = connect({ onRefused: false });
    await app.fetch(post("x"));
    expect(lines()).toEqual([]);
  });
});

describe("(FR-E9) onRefused", () => {
  test.each([
    [
      "throws",
      () => {
        throw new Error("the log is down");
      },
    ],
    ["rejects", () => Promise.reject(new Error("the log is down"))],
  ])("changes nothing when it %s, and its error is printed", async (_name, onRefused) => {
    const { app, failed } = connect({ onRefused });
    expect((await app.fetch(post("x"))).status).toBe(401);
    expect((await failureOf(app.authenticate.page(page()))).reason).toBe("missing");
    await vi.waitFor(() =>
      expect(failed.mock.calls.map(String)).toEqual(Array(2).fill("Error: the log is down")),
    );
  });

  test("is not called for errors of handlers", async () => {
    const { app, seen } = connect({ webhooks: { onError: () => undefined } });
    app.webhooks.on("AppInstalled", () => app.authenticate.page(page("?instance=x.y")));
    expect((await app.fetch(post(own.sign(claimsOf())))).status).toBe(500);
    expect(seen()).toEqual([["page", "invalid_instance_parameter", expect.anything()]]);
  });
});
