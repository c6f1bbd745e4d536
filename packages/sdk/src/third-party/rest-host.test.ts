import { failureOf } from "@latchkey/test-support/sdk/failure";
import {
  CREDENTIALS,
  createScriptedPlatform,
  json,
  type Script,
} from "@latchkey/test-support/sdk/scripted-platform";
import { describe, expect, it } from "vitest";
import { AppStrategy } from "../app-strategy.ts";
import { createClient } from "../create-client.ts";
import type { RestHost } from "./rest-host.ts";

type Described = ReturnType<Parameters<RestHost["request"]>[0]>;

/** Creates a client with one function in the form of a third-party package. */
function connect<Method extends (...args: never[]) => unknown>(
  method: (host: RestHost) => Method,
  script: Script = {},
) {
  const platform = createScriptedPlatform({ onCall: () => json({ id: "p1" }), ...script });
  const modules = { things: { method }, method };
  return { platform, client: createClient({ auth: AppStrategy(CREDENTIALS), modules, ...platform.options }) };
}

const asking = (described: Described) => (host: RestHost) => () => host.request(() => described);

describe("a function of a third-party module", () => {
  it("sends its request to the path for the given host", async () => {
    const { client, platform } = connect(
      (host) => (id: string) =>
        host.request((context) => ({ method: "PATCH", url: `/${context.host}/${id}`, data: { id } })),
    );
    expect(await client.things.method("p1")).toMatchObject({ status: 200, data: { id: "p1" } });
    expect(platform.calls).toMatchObject([
      { method: "PATCH", url: "https://platform.test/www.wixapis.com/p1", body: '{"id":"p1"}' },
    ]);
  });

  it("may be a module by itself", async () => {
    const { client } = connect(asking({ method: "GET", url: "/x" }));
    expect(await client.method()).toMatchObject({ data: { id: "p1" } });
  });

  it.each<[string, Described, unknown]>([
    [
      "transformed when it requests that",
      { migrationOptions: { optInTransformResponse: true } } as Described,
      7,
    ],
    ["unchanged otherwise", { migrationOptions: {} } as Described, { id: "p1" }],
  ])("gets the response %s", async (_how, options, data) => {
    const transformResponse = [() => 7, () => 8];
    const { client } = connect(asking({ ...options, method: "GET", url: "/x", transformResponse }));
    expect(await client.method()).toMatchObject({ data });
  });

  it("sends its fallback when the query string is too long", async () => {
    const fallback = [{ method: "POST", url: "/y", data: { long: true } }];
    const ofLength = (length: number): Described => ({
      ...{ method: "GET", url: "/x", fallback },
      params: new URLSearchParams({ q: "x".repeat(length - 2) }),
    });
    const sentFor = async (length: number) => {
      const { client, platform } = connect(asking(ofLength(length)));
      await client.method();
      return `${platform.calls[0]?.method} ${new URL(platform.calls[0]?.url ?? "").pathname}`;
    };
    expect([await sentFor(4_000), await sentFor(4_001)]).toEqual(["GET /x", "POST /y"]);
  });

  it("is retried after an unknown outcome when it reads, also with its fallback, but not when it writes", async () => {
    const sentBy = async (described: Described) => {
      const { client, platform } = connect(asking(described), { onCall: () => json({}, 502) });
      const failing = failureOf(client.method());
      await platform.clock.advance(1_000);
      await platform.clock.advance(1_000);
      expect((await failing).code).toBe("server_error");
      return platform.calls.length;
    };
    const params = new URLSearchParams({ q: "x".repeat(5_000) });
    expect(await sentBy({ method: "GET", url: "/x" })).toBe(3);
    expect(
      await sentBy({ method: "GET", url: "/x", params, fallback: [{ method: "POST", url: "/y" }] }),
    ).toBe(3);
    expect(await sentBy({ method: "POST", url: "/x" })).toBe(1);
  });

  it.each([
    ["https://www.wixapis.com/apps?x=1", "https://platform.test/apps?x=1"],
    ["/apps", "https://platform.test/apps"],
  ])("can fetch %s", async (address, url) => {
    const { client, platform } = connect((host) => async () => [
      await host.fetchWithAuth(address),
      await host.wixAPIFetch(address, {}),
      (await host.getAuthHeaders()).headers,
    ]);
    expect((await client.method())[2]).toEqual({ Authorization: "token-1" });
    expect(platform.calls.map((call) => [call.url, call.token])).toEqual([
      [url, "token-1"],
      [url, "token-1"],
    ]);
  });

  it("does not send the token to another host", async () => {
    const { client, platform } = connect((host) => () => host.fetchWithAuth("https://b.test/apps"));
    expect((await failureOf(client.method())).code).toBe("foreign_host");
    expect([platform.calls, platform.tokenRequests]).toEqual([[], []]);
  });

  it("cannot overwrite the code, status or text of an error, but adds its details", async () => {
    const method = (host: RestHost) => async () => {
      try {
        await host.request(() => ({ method: "GET", url: "/x" }));
      } catch (error) {
        const { response } = error as { response: { data: { details: unknown } } };
        const mine = { message: "System error", code: "UNKNOWN", status: undefined, runtimeError: error };
        throw Object.assign(error as object, { ...mine, details: response.data.details });
      }
    };
    const { client } = connect(method, { onCall: () => json({ message: "No." }, 404) });
    const error = await failureOf(client.method());
    const details = { applicationError: { code: 404, description: error.message, data: {} } };
    expect([error.code, error.status, (error as { details?: unknown }).details]).toEqual([
      "not_found",
      404,
      details,
    ]);
    expect(error.message).toBe("GET /x failed with status 404 (No).");
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      ...{ name: "LatchkeyError", message: error.message, code: "not_found", status: 404, retryable: false },
      ...{ body: { message: "No." }, details },
    });
  });

  it("can share one failed token request with others", async () => {
    const { client } = connect(asking({ method: "GET", url: "/x" }), {
      onToken: () => json({ error: "invalid_grant" }, 404),
    });
    const failures = await Promise.all([client.method(), client.method()].map((call) => failureOf(call)));
    expect(failures.map(({ code, status }) => [code, status])).toEqual([
      ["token_request_failed", 404],
      ["token_request_failed", 404],
    ]);
    expect("response" in (failures[0] ?? {})).toBe(false);
  });
});
