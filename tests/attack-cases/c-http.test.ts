import { listen } from "@latchkey/server";
import { claimsOf } from "@latchkey/test-support/forged-token";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bothStacks, type RemoteTarget } from "./both-stacks.ts";
import { rawRequest, sendRaw } from "./raw-http.ts";
import {
  askToken,
  call,
  createTarget,
  type Reply,
  type Target,
  tokenInfo,
  tokenParameters,
} from "./target.ts";

const json = { "content-type": "application/json" };

describe.each(bothStacks)("%s", (_, start) => {
  let target: RemoteTarget;
  let body: string;

  beforeAll(async () => {
    target = await start();
    body = JSON.stringify(tokenParameters(target));
  });
  afterAll(() => target.close());

  describe("a body of a wrong or excessive length", () => {
    const limit = 65_536;
    const sized = (size: number): string => body.padEnd(size, " ");

    test("C7 accepts a body of exactly the limit and rejects one byte more", async () => {
      const address = `${target.url}/oauth2/token`;
      const post = (content: string) => call(address, { method: "POST", headers: json, body: content });
      expect((await post(sized(limit))).status).toBe(200);
      const over = await post(sized(limit + 1));
      expect([over.status, over.body]).toEqual([
        413,
        { error: "invalid_request", error_description: "The body may have at most 65536 bytes." },
      ]);
      expect(over.headers.get("connection")).toBe("close");
    });

    test("C7 counts a body without a length, and stops reading at the limit", async () => {
      const chunked = (size: number) => {
        const content = `${size.toString(16)}\r\n${sized(size)}\r\n0\r\n\r\n`;
        const headers = { ...json, "transfer-encoding": "chunked" };
        return sendRaw(target.url, rawRequest(target.url, "POST /oauth2/token", { headers, body: content }));
      };
      expect((await chunked(limit)).statuses).toEqual([200]);
      expect((await chunked(limit + 1)).statuses).toEqual([413]);
    });

    test("C7 rejects a body by its announced length, before it arrives", async () => {
      const headers = { ...json, "content-length": "1000000000" };
      const { statuses } = await sendRaw(
        target.url,
        rawRequest(target.url, "POST /oauth2/token", { headers }),
      );
      expect(statuses).toEqual([413]);
    });

    test("C7 ignores bytes beyond the announced length", async () => {
      const cut = String(body.length - 1);
      const { statuses } = await sendRaw(
        target.url,
        rawRequest(target.url, "POST /oauth2/token", { headers: { ...json, "content-length": cut }, body }),
      );
      expect(statuses).toEqual([400]);
    });

    test.each(["-1", "abc", "1e3", "0x10", "5, 6", "18446744073709551617"])(
      "C7 rejects the content-length %s",
      async (length) => {
        const headers = { ...json, "content-length": length };
        const { statuses } = await sendRaw(
          target.url,
          rawRequest(target.url, "POST /oauth2/token", { headers, body }),
        );
        expect([400, 413]).toContain(statuses[0]);
        expect(statuses).toHaveLength(1);
      },
    );
  });

  describe("an ambiguous request", () => {
    const smuggled = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";

    test.each([
      [
        "length and chunks",
        { "content-length": "4", "transfer-encoding": "chunked" },
        `0\r\n\r\n${smuggled}`,
      ],
      ["two encodings", { "transfer-encoding": "chunked, identity" }, `0\r\n\r\n${smuggled}`],
      ["an unknown encoding", { "transfer-encoding": "xchunked" }, smuggled],
    ])("C7 rejects %s, closes, and serves nothing that follows", async (_, headers, content) => {
      const request = rawRequest(target.url, "POST /oauth2/token", {
        headers: { ...json, connection: "keep-alive", ...headers },
        body: content,
      });
      const { statuses, text } = await sendRaw(target.url, request);
      expect(statuses).toEqual([400]);
      expect(text.toLowerCase()).toContain("connection: close");
    });

    test.each([
      ["a space before a header's colon", "POST /oauth2/token HTTP/1.1\r\nhost : x\r\n\r\n"],
      ["a folded header", "POST /oauth2/token HTTP/1.1\r\nhost: localhost\r\n x: y\r\n\r\n"],
      ["a line feed alone", "POST /oauth2/token HTTP/1.1\nhost: localhost\n\n"],
      ["no host", "POST /oauth2/token HTTP/1.1\r\n\r\n"],
      ["a NUL in a header", "POST /oauth2/token HTTP/1.1\r\nhost: localhost\r\nx: a\0b\r\n\r\n"],
      ["another protocol", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"],
    ])("C7 rejects %s", async (_, request) => {
      const { statuses } = await sendRaw(target.url, request);
      expect(statuses).toEqual([400]);
    });

    test("C7 rejects headers of 100 kB", async () => {
      const headers = { "x-long": "x".repeat(100_000) };
      const { statuses } = await sendRaw(target.url, rawRequest(target.url, "GET /healthz", { headers }));
      expect(statuses).toEqual([431]);
    });
  });

  describe("a path in a second spelling", () => {
    const expected = {
      code: "AMBIGUOUS_PATH",
      description:
        "The path must not contain dot segments, a fragment, or escapes of letters, digits, hyphens, dots, underscores or tildes.",
      data: {},
    };

    test.each([
      ["a dot segment", "/stores/../metrics"],
      ["a dot segment at the end", "/healthz/.."],
      ["a single dot", "/./healthz"],
      ["an escaped dot segment", "/x/%2e%2e/admin/v1/apps"],
      ["a dot segment that is half escaped", "/x/.%2E/admin/v1/apps"],
      ["an escaped single dot", "/%2e/readyz"],
      ["an escaped lower-case letter", "/%61dmin/v1/apps"],
      ["an escaped capital letter", "/%41dmin/v1/apps"],
      ["an escaped digit", "/oauth%32/token"],
      ["an escaped hyphen", "/forward%2Dauth"],
      ["an escaped dot", "/openapi%2ejson"],
      ["an escaped underscore", "/healthz%5F"],
      ["an escaped tilde", "/healthz%7e"],
      ["a dot segment after an invalid escape", "/%zz/../healthz"],
      ["a fragment", "/metrics#x"],
      ["a dot segment in a whole URL", "http://127.0.0.1/x/../metrics"],
      ["an escaped letter in a whole URL", "http://127.0.0.1/%6detrics"],
      ["a dot segment before a query", "/x/..?a=b"],
    ])("FR-C3: rejects %s on every surface", async (_, path) => {
      const { statuses, text } = await sendRaw(target.url, rawRequest(target.url, `GET ${path}`));
      expect(statuses).toEqual([400]);
      const [head = "", content = ""] = text.split("\r\n\r\n");
      expect(head.toLowerCase()).toContain("\r\nx-request-id: ");
      expect(JSON.parse(content).details.applicationError).toEqual(expected);
    });

    test.each([
      ["an empty segment", "//healthz", 404],
      ["another case", "/HEALTHZ", 404],
      ["a slash at the end", "/healthz/", 404],
      ["a parameter", "/healthz;x", 404],
      ["an escaped slash", "/admin%2Fv1%2Fapps", 404],
      ["an escaped blank", "/healthz%20", 404],
      ["a backslash", "/x\\..\\healthz", 400],
    ])("FR-C3: finds no endpoint behind %s", async (_, path, status) => {
      const { statuses } = await sendRaw(target.url, rawRequest(target.url, `GET ${path}`));
      expect(statuses).toEqual([status]);
    });

    test.each([
      ["dot segments and escapes in the query", "/healthz?next=/a/../b&name=%61#"],
      ["a whole URL", "http://127.0.0.1/healthz?x=/.."],
    ])("FR-C3: serves %s", async (_, path) => {
      const { statuses } = await sendRaw(target.url, rawRequest(target.url, `GET ${path}`));
      expect(statuses).toEqual([200]);
    });
  });

  describe("a forged name", () => {
    const forged = {
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "https",
      "x-forwarded-port": "443",
      forwarded: "host=evil.example;proto=https",
      "x-original-url": "/admin/v1/apps",
      "x-rewrite-url": "/admin/v1/apps",
    };

    test("C12 changes nothing about the issuer", async () => {
      const { body: response } = await askToken(target, {}, forged);
      expect(claimsOf(response.access_token).iss).toBe(target.url);
      expect(await tokenInfo(target, response.access_token)).toMatchObject({ active: true });
      const metadata = await call(`${target.url}/.well-known/oauth-authorization-server`, {
        headers: forged,
      });
      expect(metadata.status).toBe(200);
      expect(metadata.body.issuer).toBe(target.url);
      expect(metadata.text).not.toContain("evil.example");
    });

    test("C12 uses the host of an absolute request URL", async () => {
      const request = rawRequest(
        target.url,
        "GET http://evil.example/.well-known/oauth-authorization-server",
      );
      const { text } = await sendRaw(target.url, request);
      expect(text).not.toContain("evil.example");
    });
  });

  describe("the headers of a response", () => {
    const responses: readonly (readonly [string, () => Promise<Reply>])[] = [
      ["a token", () => askToken(target)],
      ["a refused request", () => askToken(target, { client_secret: "wrong" })],
      ["a method that is not allowed", () => call(`${target.url}/oauth2/token`)],
      [
        "token-info",
        () => call(`${target.url}/oauth2/token-info`, { method: "POST", body: "{}", headers: json }),
      ],
      ["an API without a token", () => call(`${target.url}/apps/v1/instance`)],
      ["an unknown address", () => call(`${target.url}/nowhere`)],
    ];

    test.each(responses)("C13 keep %s out of caches and reveal nothing about the server", async (_, ask) => {
      const { headers } = await ask();
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-type")).toMatch(/^application\/json/);
      for (const name of ["set-cookie", "server", "x-powered-by", "etag"])
        expect(headers.has(name)).toBe(false);
    });

    test.each(responses)("C13 give %s a new request id under both names", async (_, ask) => {
      const { headers } = await ask();
      expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get("x-wix-request-id")).toBe(headers.get("x-request-id"));
    });

    test("C13 never return an incoming request id", async () => {
      const mine = { "x-request-id": "mine", "x-wix-request-id": "mine" };
      const { headers } = await askToken(target, {}, mine);
      expect([...headers.values()]).not.toContain("mine");
    });
  });
});

describe("in development", () => {
  let target: Target;

  beforeAll(async () => {
    target = await createTarget();
  });
  afterAll(() => target.platform.close());

  describe("a slow request", () => {
    test.each([
      ["its body", rawHead("content-length: 100\r\n\r\n{")],
      ["its chunks", rawHead("transfer-encoding: chunked\r\n\r\n1\r\n{\r\n")],
      ["its headers", rawHead("x-never-ending: ")],
    ])("C7 is ended with 408 when %s does not come in time", async (_, text) => {
      const server = await listen(target.platform.platform, {
        host: "127.0.0.1",
        port: 0,
        requestTimeoutMs: 100,
      });
      const { statuses } = await sendRaw(`http://127.0.0.1:${server.port}`, text);
      await server.stop(0);
      expect(statuses).toEqual([408]);
    });

    function rawHead(rest: string): string {
      return `POST /oauth2/token HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${rest}`;
    }
  });

  test("C7 rejects a request with two hosts", async () => {
    const { statuses } = await sendRaw(
      target.url,
      "GET /healthz HTTP/1.1\r\nhost: localhost\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n",
    );
    expect(statuses).toEqual([400]);
  });

  test.each([
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example:80",
    "evil.example#127.0.0.1",
    "127.0.0.1@evil.example",
  ])("C12 serves nothing in development under the name %s", async (host) => {
    const headers = { ...json, host };
    const { statuses, text } = await sendRaw(
      target.url,
      rawRequest(target.url, "POST /oauth2/token", {
        headers,
        body: JSON.stringify(tokenParameters(target)),
      }),
    );
    expect([400, 421]).toContain(statuses[0]);
    expect(text).not.toContain("access_token");
    expect(text).not.toContain("evil.example");
  });
});
