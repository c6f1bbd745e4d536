import { failureOf } from "@latchkey/test-support/sdk/failure";
import { APP_SECRET } from "@latchkey/test-support/sdk/scripted-platform";
import { afterEach, describe, expect, it, vi } from "vitest";
import { resolveApiUrl } from "./api-url.ts";

const OTHER_SECRET = "91de0000-0000-4000-8000-000000000001";

afterEach(() => vi.unstubAllEnvs());

describe("the API URL", () => {
  it("prefers the option to the environment, and the environment to the public platform", () => {
    expect(resolveApiUrl(undefined, OTHER_SECRET).tokenEndpoint).toBe("https://www.wixapis.com/oauth2/token");
    vi.stubEnv("LATCHKEY_URL", "http://127.0.0.1:4400");
    expect(resolveApiUrl(undefined, OTHER_SECRET).tokenEndpoint).toBe("http://127.0.0.1:4400/oauth2/token");
    expect(resolveApiUrl("https://a.test/", OTHER_SECRET).tokenEndpoint).toBe("https://a.test/oauth2/token");
  });

  it("ignores an empty variable", () => {
    vi.stubEnv("LATCHKEY_URL", "");
    expect(resolveApiUrl(undefined, OTHER_SECRET).base).toBe("https://www.wixapis.com");
  });

  it("can have a path", () => {
    const url = resolveApiUrl("https://a.test/latchkey/", OTHER_SECRET);
    expect(url.tokenEndpoint).toBe("https://a.test/latchkey/oauth2/token");
    expect(url.resolve("/stores/v1/products/query")).toBe("https://a.test/latchkey/stores/v1/products/query");
  });

  it.each([
    [undefined, APP_SECRET],
    ["https://www.wixapis.com", APP_SECRET],
    ["https://edge.wixapis.com", APP_SECRET],
    ["https://WIXAPIS.com.", APP_SECRET],
    [undefined, "lks_cut-short"],
  ])("never sends a Latchkey secret to the public platform (apiUrl %j)", async (apiUrl, secret) => {
    const error = await failureOf(() => resolveApiUrl(apiUrl, secret));
    expect(error.code).toBe("missing_api_url");
    expect(error.message).toContain("Set the option apiUrl or the environment variable LATCHKEY_URL");
    expect(error.message).not.toContain(secret);
  });

  it.each([
    "http://localhost:4400",
    "http://127.0.0.1:4400",
    "http://127.9.9.9",
    "http://127.1",
    "http://[::1]:4400",
    "https://example.com",
  ])("accepts %s", (apiUrl) => {
    expect(resolveApiUrl(apiUrl, APP_SECRET).base).toBe(new URL(apiUrl).origin);
  });

  it.each([
    "http://example.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://128.0.0.1",
    "http://10.0.0.1",
    "http://[::2]",
    "http://[::ffff:10.0.0.1]",
  ])("rejects plain http to %s", async (apiUrl) => {
    const error = await failureOf(() => resolveApiUrl(apiUrl, APP_SECRET));
    expect(error.code).toBe("insecure_api_url");
    expect(error.message).toMatch(/^http would expose the app secret and every token on the network/);
  });

  it.each([
    "",
    "api.example.com",
    "ftp://a.test",
    "https://a.test/?x=1",
    "https://a.test/#x",
    "https://user:pw@a.test",
  ])("rejects the invalid URL %j, without repeating it", async (apiUrl) => {
    const error = await failureOf(() => resolveApiUrl(apiUrl, APP_SECRET));
    expect(error.code).toBe("invalid_api_url");
    expect(error.message).not.toContain("pw");
  });
});

describe("(FR-D §3) the error of an invalid URL", () => {
  const rule =
    "is not a valid URL of an API. It must begin with https://, or with http:// for localhost, 127.0.0.0/8 and ::1, and have no user name, query and fragment.";

  it.each([
    ["localhost:4500", " Did you mean http://localhost:4500?"],
    ["127.0.0.1:4500", " Did you mean http://127.0.0.1:4500?"],
    ["api.example.com/base", " Did you mean https://api.example.com/base?"],
    ['"http://localhost:4500"', " Remove the quotation marks."],
    ["ftp://localhost", ""],
    ["", ""],
  ])("shows the option %j", async (apiUrl, hint) => {
    const { message } = await failureOf(() => resolveApiUrl(apiUrl, APP_SECRET));
    expect(message).toBe(`apiUrl ${JSON.stringify(apiUrl)} ${rule}${hint}`);
  });

  it.each(["/admin/v1", "/oauth2/token", "/stores/v1", "/.well-known/jwks.json", "/base/docs/"])(
    "names the path %s of an API",
    async (path) => {
      const error = await failureOf(() => resolveApiUrl(`https://a.test${path}`, APP_SECRET));
      expect([error.code, error.message]).toEqual([
        "invalid_api_url",
        `apiUrl ends with the path ${path.replace("/base", "")} of an API. Pass the URL of the platform without it.`,
      ]);
    },
  );

  it("names the variable when the option is missing", async () => {
    vi.stubEnv("LATCHKEY_URL", "localhost:4500");
    const { message } = await failureOf(() => resolveApiUrl(undefined, APP_SECRET));
    expect(message).toBe(`LATCHKEY_URL "localhost:4500" ${rule} Did you mean http://localhost:4500?`);
  });

  it("never shows a secret", async () => {
    const { message } = await failureOf(() => resolveApiUrl(APP_SECRET, APP_SECRET));
    expect(message).toBe(`apiUrl "[redacted]" ${rule}`);
  });
});

describe("the URLs that receive the token", () => {
  const url = resolveApiUrl("https://a.test", APP_SECRET);

  it.each([
    ["/apps/v1/instance", "https://a.test/apps/v1/instance"],
    ["apps/v1/instance?x=1", "https://a.test/apps/v1/instance?x=1"],
    ["https://a.test/apps/v1/instance", "https://a.test/apps/v1/instance"],
    ["https://A.test:443/apps", "https://a.test/apps"],
    ["https://www.wixapis.com/apps/v1/instance?x=1", "https://a.test/apps/v1/instance?x=1"],
    ["https://edge.wixapis.com/../apps", "https://a.test/apps"],
    ["//b.test/apps", "https://a.test//b.test/apps"],
    ["/\\b.test/apps", "https://a.test//b.test/apps"],
    ["/\t/b.test/apps", "https://a.test//b.test/apps"],
    ["/../../apps", "https://a.test/apps"],
    ["/@b.test:80/apps", "https://a.test/@b.test:80/apps"],
    ["@b.test/apps", "https://a.test/@b.test/apps"],
    ["\\\\b.test/apps", "https://a.test///b.test/apps"],
  ])("resolves %j", (path, expected) => {
    expect(new URL(url.resolve(path)).href).toBe(expected);
    expect(new URL(expected).origin).toBe("https://a.test");
  });

  it("maps URLs of the third-party platform below the API URL", () => {
    const under = resolveApiUrl("https://a.test/latchkey", APP_SECRET);
    expect(under.resolve("https://www.wixapis.com/apps")).toBe("https://a.test/latchkey/apps");
  });

  it("accepts a URL object", () => {
    expect(url.resolve(new URL("https://a.test/x"))).toBe("https://a.test/x");
  });

  it.each([
    "https://b.test/apps",
    "http://a.test/apps",
    "https://a.test:8443/apps",
    "https://a.test.b.test/apps",
    "https://a.test@b.test/apps",
    "https://user:pw@a.test/apps",
    "https://sub.a.test/apps",
    "http://www.wixapis.com/apps",
    "https://www.wixapis.com:8443/apps",
    "https://user:pw@www.wixapis.com/apps",
    "https://www.wixapis.com@b.test/apps",
    "https://www.wixapis.com.b.test/apps",
    "https://wixapis.com/apps",
    "HTTPS://B.TEST/",
    "javascript:alert(1)",
    "https://",
  ])("refuses %j", async (target) => {
    const error = await failureOf(() => url.resolve(target));
    expect(error.code).toBe("foreign_host");
    expect(error.message).toBe(
      "The access token is sent to https://a.test only. Pass a path, or use fetch without a token for other hosts.",
    );
  });
});
