import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isLoopback } from "../infrastructure/http/index.ts";
import { type Environment, readConfig } from "./config.ts";

const encryptionKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const adminKey = "Zm9yIHRlc3RzIG9ubHk6IDMyIGJ5dGVzIG9mIHRleHQhIQ==";
const production = { LATCHKEY_ENCRYPTION_KEY: encryptionKey, LATCHKEY_ADMIN_KEY: adminKey };
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "latchkey-test-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const configOf = (changes: Environment = {}) =>
  readConfig({ ...production, LATCHKEY_DATA_DIR: directory, ...changes });
const development = { LATCHKEY_ENV: "development", LATCHKEY_ENCRYPTION_KEY: undefined };

test("two keys are all that production needs", () => {
  expect(configOf()).toMatchObject({
    ...{ environment: "production", host: "127.0.0.1", port: 4400, publicUrl: "http://127.0.0.1:4400" },
    ...{ dataDirectory: directory, databaseUrl: `sqlite:${directory}`, adminKey, logLevel: "info" },
    ...{ confirmWebhooks: true, drainDelayMs: 1_000 },
  });
});

test("every variable is used", () => {
  const databaseUrl = "postgresql://latchkey:secret@db:5432/latchkey?schema=latchkey_1&sslmode=require";
  const config = configOf({
    ...{ HOST: "0.0.0.0", PORT: "8080", LATCHKEY_PUBLIC_URL: "https://latchkey.example:8443/" },
    ...{ DATABASE_URL: databaseUrl, LATCHKEY_LOG_LEVEL: "debug", LATCHKEY_ENV: "production" },
    ...{ LATCHKEY_API_RATE_LIMIT: "200", LATCHKEY_APP_API_RATE_LIMIT: "5000" },
    LATCHKEY_DRAIN_DELAY: "20",
    ...{ LATCHKEY_PLATFORM_NAME: "Acme Shops", LATCHKEY_PLATFORM_LOGO: "https://acme.example/logo.svg" },
    LATCHKEY_DELIVERY_POLICY: "standard",
    LATCHKEY_EVENT_MEGABYTES_PER_APP: "5",
    LATCHKEY_LOG_ROWS_PER_APP: "1000",
    LATCHKEY_PENDING_DELIVERIES_PER_APP: "500",
    ...{ LATCHKEY_CONFIRM_WEBHOOKS: "off", LATCHKEY_SIGN_UP: "open" },
    LATCHKEY_OUTBOUND_ALLOW: "10.0.0.0/8, fd00::1",
  });
  expect(config).toMatchObject({
    ...{ host: "0.0.0.0", port: 8080, publicUrl: "https://latchkey.example:8443" },
    ...{ databaseUrl, logLevel: "debug", apiRateLimits: { instance: 200, app: 5_000 }, drainDelayMs: 20_000 },
    ...{ deliveryPolicy: "standard", confirmWebhooks: false, signUp: true },
    ...{ platformName: "Acme Shops", platformLogo: "https://acme.example/logo.svg" },
    ...{ eventBytesPerApp: 5_000_000, pendingDeliveriesPerApp: 500, logRowsPerApp: 1_000 },
    outboundAllow: [{ prefix: 8 }, { prefix: 128 }],
  });
});

test("the log is text in development and JSON in production, unless LATCHKEY_LOG_FORMAT says otherwise (FR-D7)", () => {
  expect(configOf()).toMatchObject({ logFormat: "json" });
  expect(configOf(development)).toMatchObject({ logFormat: "text" });
  expect(configOf({ LATCHKEY_LOG_FORMAT: "text" })).toMatchObject({ logFormat: "text" });
  expect(configOf({ ...development, LATCHKEY_LOG_FORMAT: "json" })).toMatchObject({ logFormat: "json" });
});

test("the path of a file of stubs is accepted in development", () => {
  expect(configOf({ ...development, LATCHKEY_STUBS: "stubs.json" })).toMatchObject({
    stubsFile: resolve("stubs.json"),
  });
  expect(configOf(development)).not.toHaveProperty("stubsFile");
});

test("every wrong variable is reported at once", () => {
  expect(() => configOf({ PORT: "http", LATCHKEY_LOG_LEVEL: "verbose" })).toThrow(
    expect.objectContaining({
      message:
        "The configuration is not usable. PORT must be a number from 0 to 65535. " +
        "LATCHKEY_LOG_LEVEL must be debug, info, warn, error or silent.",
    }),
  );
});

test("calls are not limited by default", () => {
  expect(configOf()).not.toHaveProperty("apiRateLimits");
});

test.each([
  ["is the public address in production", { LATCHKEY_PUBLIC_URL: "https://a.example" }, "https://a.example"],
  ["is what the unmodified SDK requires in development", development, "wix.com"],
  ["is the value of the variable", { LATCHKEY_PLUGIN_ISSUER: "platform.example" }, "platform.example"],
])("the issuer of plugin calls %s", (_rule, env, pluginIssuer) => {
  expect(configOf(env)).toMatchObject({ pluginIssuer });
});

describe("the public address", () => {
  test.each([
    ["is that of the host and port on loopback", { PORT: "5000" }, "http://127.0.0.1:5000"],
    [
      "does not need a port when it is set",
      { PORT: "0", LATCHKEY_PUBLIC_URL: "https://a.example" },
      "https://a.example",
    ],
    ["has IPv6 in brackets", { HOST: "::1" }, "http://[::1]:4400"],
    ["may be http for loopback", { LATCHKEY_PUBLIC_URL: "http://localhost:3000" }, "http://localhost:3000"],
    [
      "omits the default port of https",
      { LATCHKEY_PUBLIC_URL: "https://a.example:443" },
      "https://a.example",
    ],
    ["is in lower case", { LATCHKEY_PUBLIC_URL: "HTTPS://A.Example" }, "https://a.example"],
  ])("%s", (_, changes: Environment, publicUrl) => {
    expect(configOf(changes).publicUrl).toBe(publicUrl);
  });
});

describe("production rejects", () => {
  const publicUrlForm = "LATCHKEY_PUBLIC_URL must be an origin: no path, query, fragment or credentials.";
  const https = "LATCHKEY_PUBLIC_URL must begin with https:// (http:// only for loopback).";
  const port = "PORT must be a number from 0 to 65535.";
  const databaseUrl =
    "DATABASE_URL must be postgres://user:password@host:port/database, or sqlite: and a directory.";
  const schema = "DATABASE_URL must name a schema that has 1 to 63 of a-z, 0-9 and _, and no digit first.";
  const rateLimit = "LATCHKEY_API_RATE_LIMIT must be a number from 1 to 999999: calls a minute.";
  const eventQuota =
    "LATCHKEY_EVENT_MEGABYTES_PER_APP must be a number from 1 to 999999: megabytes in 30 days.";
  const pendingQuota = "LATCHKEY_PENDING_DELIVERIES_PER_APP must be a number from 2 to 999999.";
  const admin =
    "LATCHKEY_ADMIN_KEY is required: at least 32 random bytes as text, for example from: openssl rand -base64 32";
  const encryption =
    "Each key in LATCHKEY_ENCRYPTION_KEY must be 32 random bytes as base64 or hexadecimal, " +
    "for example from: openssl rand -base64 32";

  const issuer =
    "LATCHKEY_PLUGIN_ISSUER must have 1 to 200 visible ASCII characters, such as wix.com or a URL.";
  const platformName = "LATCHKEY_PLATFORM_NAME must have 1 to 50 characters, without line breaks.";
  const logo =
    "LATCHKEY_PLATFORM_LOGO must be an https URL, or a data: URL of an image in base64, of at most 50000 characters.";
  const outbound =
    "LATCHKEY_OUTBOUND_ALLOW must be addresses or CIDR ranges with commas between them, such as 10.0.0.0/8,fd00::/8.";

  test.each<[string, string | undefined, string]>([
    ["LATCHKEY_ENV", "staging", "LATCHKEY_ENV must be production or development."],
    ["LATCHKEY_ENV", "Development", "LATCHKEY_ENV must be production or development."],
    ["PORT", "http", port],
    ["PORT", "65536", port],
    ["PORT", "-1", port],
    ["PORT", "80.5", port],
    ["PORT", " 80", port],
    ["PORT", "0x50", port],
    ["PORT", "1e3", port],
    [
      "PORT",
      "0",
      "LATCHKEY_PUBLIC_URL is required with PORT=0: the address under which apps reach this server.",
    ],
    [
      "HOST",
      "0.0.0.0",
      "LATCHKEY_PUBLIC_URL is required: the https address under which apps reach this server.",
    ],
    ["HOST", "::", "LATCHKEY_PUBLIC_URL is required: the https address under which apps reach this server."],
    ["LATCHKEY_PUBLIC_URL", "latchkey.example", "LATCHKEY_PUBLIC_URL is not a URL."],
    ["LATCHKEY_PUBLIC_URL", "http://latchkey.example", https],
    ["LATCHKEY_PUBLIC_URL", "http://127.0.0.1.evil.example", https],
    ["LATCHKEY_PUBLIC_URL", "ftp://127.0.0.1", https],
    ["LATCHKEY_PUBLIC_URL", "https://latchkey.example/auth", publicUrlForm],
    ["LATCHKEY_PUBLIC_URL", "https://latchkey.example?a=b", publicUrlForm],
    ["LATCHKEY_PUBLIC_URL", "https://latchkey.example#a", publicUrlForm],
    ["LATCHKEY_PUBLIC_URL", "https://user@latchkey.example", publicUrlForm],
    ["LATCHKEY_PUBLIC_URL", "https://:pass@latchkey.example", publicUrlForm],
    ["DATABASE_URL", "mysql://localhost/latchkey", databaseUrl],
    ["DATABASE_URL", "/var/lib/latchkey", databaseUrl],
    ["DATABASE_URL", "sqlite:", databaseUrl],
    ["DATABASE_URL", "postgres://user:p@ss:word@host:port/db", databaseUrl],
    ["DATABASE_URL", "postgres://localhost/x?schema=My-Schema", schema],
    ["DATABASE_URL", 'postgres://localhost/x?schema=a"b', schema],
    ["DATABASE_URL", "postgres://localhost/x?schema=", schema],
    ["DATABASE_URL", `postgres://localhost/x?schema=${"a".repeat(64)}`, schema],
    ["LATCHKEY_API_RATE_LIMIT", "0", rateLimit],
    ["LATCHKEY_API_RATE_LIMIT", "-5", rateLimit],
    ["LATCHKEY_API_RATE_LIMIT", "1.5", rateLimit],
    ["LATCHKEY_API_RATE_LIMIT", "1e3", rateLimit],
    ["LATCHKEY_API_RATE_LIMIT", "1000000", rateLimit],
    ["LATCHKEY_APP_API_RATE_LIMIT", "0", rateLimit.replace("_API", "_APP_API")],
    ["LATCHKEY_EVENT_MEGABYTES_PER_APP", "0", eventQuota],
    ["LATCHKEY_LOG_ROWS_PER_APP", "999", "LATCHKEY_LOG_ROWS_PER_APP must be a number from 1000 to 999999."],
    ["LATCHKEY_PENDING_DELIVERIES_PER_APP", "1", pendingQuota],
    [
      "LATCHKEY_ENCRYPTION_KEY",
      undefined,
      "LATCHKEY_ENCRYPTION_KEY is required in production: 32 random bytes, for example from: openssl rand -base64 32",
    ],
    ["LATCHKEY_ENCRYPTION_KEY", "c2hvcnQ=", encryption],
    ["LATCHKEY_ENCRYPTION_KEY", "0".repeat(64), encryption],
    ["LATCHKEY_ADMIN_KEY", undefined, admin],
    ["LATCHKEY_ADMIN_KEY", "password", admin],
    ["LATCHKEY_ADMIN_KEY", adminKey.slice(0, 42), admin],
    ["LATCHKEY_ADMIN_KEY", "a".repeat(64), admin],
    ["LATCHKEY_ADMIN_KEY", "0123456789".repeat(6), admin],
    ["LATCHKEY_ADMIN_KEY", `${adminKey} `, admin],
    ["LATCHKEY_ADMIN_KEY", `${adminKey}ä`, admin],
    ["LATCHKEY_LOG_LEVEL", "verbose", "LATCHKEY_LOG_LEVEL must be debug, info, warn, error or silent."],
    ["LATCHKEY_LOG_LEVEL", "INFO", "LATCHKEY_LOG_LEVEL must be debug, info, warn, error or silent."],
    ["LATCHKEY_LOG_FORMAT", "pretty", "LATCHKEY_LOG_FORMAT must be json or text."],
    ["LATCHKEY_DELIVERY_POLICY", "Wix", "LATCHKEY_DELIVERY_POLICY must be wix or standard."],
    ["LATCHKEY_CONFIRM_WEBHOOKS", "true", "LATCHKEY_CONFIRM_WEBHOOKS must be on or off."],
    ["LATCHKEY_SIGN_UP", "yes", "LATCHKEY_SIGN_UP must be open or closed."],
    ["LATCHKEY_LOCAL_SIGN_IN", "no", "LATCHKEY_LOCAL_SIGN_IN must be on or off."],
    [
      "LATCHKEY_LOCAL_SIGN_IN",
      "off",
      "LATCHKEY_LOCAL_SIGN_IN=off needs LATCHKEY_OIDC_ISSUER: nobody could sign in.",
    ],
    ["LATCHKEY_OIDC_ISSUER", "login.example", "LATCHKEY_OIDC_ISSUER must be an https URL."],
    [
      "LATCHKEY_OIDC_ISSUER",
      "http://127.0.0.1:8080",
      "LATCHKEY_OIDC_ISSUER must begin with https:// (http:// only for loopback, in development).",
    ],
    [
      "LATCHKEY_OIDC_ISSUER",
      "https://login.example",
      "LATCHKEY_OIDC_ISSUER needs LATCHKEY_OIDC_CLIENT_ID and LATCHKEY_OIDC_CLIENT_SECRET.",
    ],
    [
      "LATCHKEY_OIDC_ROLE_MAP",
      "admins=owner",
      "LATCHKEY_OIDC_ROLE_MAP must be groups with their roles, such as admins=operator,engineers=developer.",
    ],
    ["LATCHKEY_PLUGIN_ISSUER", "wix com", issuer],
    ["LATCHKEY_PLUGIN_ISSUER", "x".repeat(201), issuer],
    ["LATCHKEY_PLATFORM_NAME", "Acme\nShops", platformName],
    ["LATCHKEY_PLATFORM_NAME", "x".repeat(51), platformName],
    ["LATCHKEY_PLATFORM_LOGO", "http://acme.example/logo.svg", logo],
    ["LATCHKEY_PLATFORM_LOGO", "data:text/html;base64,PGI+", logo],
    ["LATCHKEY_OUTBOUND_ALLOW", "10/8", outbound],
    ["LATCHKEY_OUTBOUND_ALLOW", "localhost", outbound],
    ["LATCHKEY_DRAIN_DELAY", "5s", "LATCHKEY_DRAIN_DELAY must be a number of seconds from 0 to 300."],
    ["LATCHKEY_DRAIN_DELAY", "301", "LATCHKEY_DRAIN_DELAY must be a number of seconds from 0 to 300."],
  ])("%s=%s", (name, value, text) => {
    expect(() => configOf({ [name]: value })).toThrow(
      expect.objectContaining({
        code: "invalid_configuration",
        message: `The configuration is not usable. ${text}`,
      }),
    );
  });

  test.each([
    "LATCHKEY_ENV",
    "HOST",
    "PORT",
    "LATCHKEY_PUBLIC_URL",
    "LATCHKEY_DATA_DIR",
    "DATABASE_URL",
    "LATCHKEY_ENCRYPTION_KEY",
    "LATCHKEY_ADMIN_KEY",
    "LATCHKEY_LOG_LEVEL",
    "LATCHKEY_LOG_FORMAT",
    "LATCHKEY_DELIVERY_POLICY",
    "LATCHKEY_CONFIRM_WEBHOOKS",
    "LATCHKEY_SIGN_UP",
    "LATCHKEY_PLUGIN_ISSUER",
    "LATCHKEY_OUTBOUND_ALLOW",
    "LATCHKEY_DRAIN_DELAY",
  ])("%s that is empty", (name) => {
    expect(() => configOf({ [name]: "" })).toThrow(`${name} is empty; give it a value, or do not set it.`);
  });

  test("a secret that is in a variable and in a file, or in a file that cannot be read (FR-B13)", () => {
    const file = join(directory, "key");
    const fromFile = { LATCHKEY_ENCRYPTION_KEY: undefined, LATCHKEY_ENCRYPTION_KEY_FILE: file };
    expect(() => configOf(fromFile)).toThrow(
      "LATCHKEY_ENCRYPTION_KEY_FILE must name a file that can be read.",
    );
    writeFileSync(file, `${encryptionKey}\n`);
    expect(configOf(fromFile).masterKeys.newestId).toBe(configOf().masterKeys.newestId);
    expect(() => configOf({ LATCHKEY_ENCRYPTION_KEY_FILE: file })).toThrow(
      "LATCHKEY_ENCRYPTION_KEY and LATCHKEY_ENCRYPTION_KEY_FILE must not both be set.",
    );
    rmSync(file);
  });

  test("without a password or key in the message", () => {
    for (const [name, value] of [
      ["DATABASE_URL", "mysql://user:hunter2@localhost/x"],
      ["LATCHKEY_ENCRYPTION_KEY", `${encryptionKey}hunter2`],
      ["LATCHKEY_ADMIN_KEY", "hunter2"],
      ["LATCHKEY_PUBLIC_URL", "https://user:hunter2@latchkey.example"],
    ] as const) {
      expect(() => configOf({ [name]: value })).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
      );
    }
  });
});

describe("development", () => {
  test("creates an encryption key once, readable by this user only", () => {
    const { masterKeys } = configOf(development);
    expect(configOf(development).masterKeys.newestId).toBe(masterKeys.newestId);
    const file = join(directory, "encryption-key");
    expect(readFileSync(file, "utf8")).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(["encryption-key"]);
  });

  test("never overwrites an existing key", () => {
    writeFileSync(join(directory, "encryption-key"), `${encryptionKey}\n`);
    expect(configOf(development).masterKeys.newestId).toBe(configOf().masterKeys.newestId);
    expect(readFileSync(join(directory, "encryption-key"), "utf8")).toBe(`${encryptionKey}\n`);
  });

  test("prefers a key in the environment", () => {
    const key = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
    const given = configOf({ ...development, LATCHKEY_ENCRYPTION_KEY: key });
    expect(given.masterKeys.newestId).toBe(configOf({ LATCHKEY_ENCRYPTION_KEY: key }).masterKeys.newestId);
  });

  const withoutAdminKey = { ...development, LATCHKEY_ADMIN_KEY: undefined };
  const demoEnv = () => join(directory, "demo.env");

  test("creates an admin key once in demo.env, readable by this user only", () => {
    const { adminKey } = configOf(withoutAdminKey);
    expect(adminKey).toMatch(/^lka_\w{49}$/);
    expect(configOf(withoutAdminKey).adminKey).toBe(adminKey);
    expect(readFileSync(demoEnv(), "utf8")).toBe(`LATCHKEY_ADMIN_KEY=${adminKey}\n`);
    expect(statSync(demoEnv()).mode & 0o777).toBe(0o600);
  });

  test("reads the admin key from demo.env and leaves the rest of the file unchanged", () => {
    const text = `APP_ID=1\nLATCHKEY_ADMIN_KEY=${"0123456789abcdef".repeat(3)}\nSITE_ID=2\n`;
    writeFileSync(demoEnv(), text);
    expect(configOf(withoutAdminKey).adminKey).toBe("0123456789abcdef".repeat(3));
    expect(readFileSync(demoEnv(), "utf8")).toBe(text);
  });

  test("adds an admin key to a file that lacks it", () => {
    writeFileSync(demoEnv(), "APP_ID=1");
    chmodSync(demoEnv(), 0o644);
    const { adminKey } = configOf(withoutAdminKey);
    expect(readFileSync(demoEnv(), "utf8")).toBe(`APP_ID=1\nLATCHKEY_ADMIN_KEY=${adminKey}\n`);
    expect(statSync(demoEnv()).mode & 0o777).toBe(0o600);
  });

  test.each(["0.0.0.0", "::", "192.0.2.1", "latchkey.example", "127.0.0.1.evil.example"])(
    "listens on loopback only, not on %s",
    (HOST) => {
      expect(() => configOf({ ...development, HOST })).toThrow(
        "HOST must be a loopback address in development, or be in LATCHKEY_DEV_HOSTS; set LATCHKEY_ENV=production to serve a network.",
      );
    },
  );

  test("listens on, and is called by, the names in LATCHKEY_DEV_HOSTS (FR-E4)", () => {
    const named = { ...development, HOST: "0.0.0.0", LATCHKEY_DEV_HOSTS: "0.0.0.0, Latchkey" };
    const config = configOf({ ...named, LATCHKEY_PUBLIC_URL: "http://latchkey:4400" });
    expect(config).toMatchObject({
      host: "0.0.0.0",
      devHosts: ["0.0.0.0", "latchkey"],
      publicUrl: "http://latchkey:4400",
    });
    expect(() => configOf({ ...named, LATCHKEY_PUBLIC_URL: "http://other:4400" })).toThrow(
      "LATCHKEY_PUBLIC_URL must begin with https:// (http:// only for loopback).",
    );
    expect(() => configOf({ LATCHKEY_DEV_HOSTS: "latchkey" })).toThrow(
      "LATCHKEY_DEV_HOSTS must not be set in production: it is for development.",
    );
  });
});

test.each([
  [true, ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.10", "::1", "[::1]"]],
  [
    false,
    ["", "localhost.", "localhost.evil.example", "128.0.0.1", "0.0.0.0", "::", "1270.0.0.1", "127.0.0.1:80"],
  ],
])("isLoopback is %s for %j", (expected, names) => {
  expect(names.map(isLoopback)).toEqual(names.map(() => expected));
});
