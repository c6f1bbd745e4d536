import { resolve } from "node:path";
import { type DeliveryPolicyName, deliveryPolicyNames } from "../features/webhooks/index.ts";
import { seconds } from "../infrastructure/clock/index.ts";
import { type MasterKeys, parseMasterKeys } from "../infrastructure/crypto/index.ts";
import { OperatorError } from "../infrastructure/errors/index.ts";
import { type AddressRange, parseAllowed } from "../infrastructure/outbound/index.ts";
import { developmentAdminKey, developmentEncryptionKey } from "./development-keys.ts";

/** How a server runs; made from the environment by {@link readConfig}. */
export interface Config {
  /** `development` has the routes that move its clock and seed a demonstration, and answers to loopback only. */
  readonly environment: "production" | "development";
  readonly host: string;
  readonly port: number;
  /** The issuer. */
  readonly publicUrl: string;
  readonly dataDirectory: string;
  readonly databaseUrl: string;
  readonly masterKeys: MasterKeys;
  /** Full power over the management API; kept as a hash from here on. */
  readonly adminKey: string;
  readonly logLevel: string;
  /** How many API calls an instance may make a minute; absent for any number. */
  readonly apiRateLimit?: number;
  /** How webhooks are tried, and what counts as received. */
  readonly deliveryPolicy: DeliveryPolicyName;
  /** Who signs calls of service plugins. */
  readonly pluginIssuer: string;
  /** Private addresses that webhooks and calls of service plugins may reach. */
  readonly outboundAllow: readonly AddressRange[];
  /** Names of modules that export resources. */
  readonly resources: readonly string[];
  /** How long it serves on while `/readyz` says already that it stops, in milliseconds. */
  readonly drainDelayMs: number;
  /** Development only: path of a JSON file of stubs. */
  readonly stubsFile?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const variables = [
  "LATCHKEY_ENV",
  "HOST",
  "PORT",
  "LATCHKEY_PUBLIC_URL",
  "LATCHKEY_DATA_DIR",
  "DATABASE_URL",
  "LATCHKEY_ENCRYPTION_KEY",
  "LATCHKEY_ADMIN_KEY",
  "LATCHKEY_LOG_LEVEL",
  "LATCHKEY_API_RATE_LIMIT",
  "LATCHKEY_DRAIN_DELAY",
  "LATCHKEY_DELIVERY_POLICY",
  "LATCHKEY_OUTBOUND_ALLOW",
  "LATCHKEY_PLUGIN_ISSUER",
  "LATCHKEY_RESOURCES",
  "LATCHKEY_STUBS",
];

const loopbackName = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** Whether a host name or address means this machine only. */
export function isLoopback(host: string): boolean {
  return loopbackName.test(host.toLowerCase());
}

/**
 * Reads the configuration from environment variables; `docs/reference/configuration.md` lists them.
 *
 * Throws `invalid_configuration`, saying which variable and what to do.
 */
export function readConfig(env: Environment): Config {
  for (const name of variables) {
    // Nobody knows whether its default was meant, or a value that got lost on the way.
    if (env[name] === "") throw invalid(`${name} is empty; give it a value, or do not set it.`);
  }
  const environment = readEnvironment(env.LATCHKEY_ENV);
  const development = environment === "development";
  const host = env.HOST ?? "127.0.0.1";
  const port = readPort(env.PORT);
  if (development && !isLoopback(host)) {
    throw invalid(
      "HOST must be a loopback address in development; set LATCHKEY_ENV=production to serve a network.",
    );
  }
  const dataDirectory = resolve(env.LATCHKEY_DATA_DIR ?? ".latchkey");
  const publicUrl = readPublicUrl(env.LATCHKEY_PUBLIC_URL, { host, port, development });
  return {
    environment,
    host,
    port,
    publicUrl,
    dataDirectory,
    databaseUrl: readDatabaseUrl(env.DATABASE_URL ?? `sqlite:${dataDirectory}`),
    masterKeys: parseMasterKeys(
      env.LATCHKEY_ENCRYPTION_KEY ??
        (development ? developmentEncryptionKey(dataDirectory) : missingEncryptionKey()),
    ),
    adminKey: readAdminKey(
      env.LATCHKEY_ADMIN_KEY ?? (development ? developmentAdminKey(dataDirectory) : undefined),
    ),
    logLevel: readLogLevel(env.LATCHKEY_LOG_LEVEL),
    ...readRateLimit(env.LATCHKEY_API_RATE_LIMIT),
    deliveryPolicy: readDeliveryPolicy(env.LATCHKEY_DELIVERY_POLICY),
    // The third-party client takes calls of service plugins from this issuer alone.
    pluginIssuer: readPluginIssuer(env.LATCHKEY_PLUGIN_ISSUER ?? (development ? "wix.com" : publicUrl)),
    outboundAllow: readOutboundAllow(env.LATCHKEY_OUTBOUND_ALLOW, development),
    resources: readResources(env.LATCHKEY_RESOURCES),
    drainDelayMs: seconds(readDrainDelay(env.LATCHKEY_DRAIN_DELAY ?? (development ? "0" : "1"))),
    ...readStubsFile(env.LATCHKEY_STUBS, development),
  };
}

function readEnvironment(text: string | undefined): Config["environment"] {
  if (text === undefined || text === "production") return "production";
  if (text === "development") return "development";
  throw invalid("LATCHKEY_ENV must be production or development.");
}

function readPort(text: string | undefined): number {
  const port = text === undefined ? 4400 : Number(text);
  if ((text !== undefined && !/^\d{1,5}$/.test(text)) || port > 65_535) {
    throw invalid("PORT must be a number from 0 to 65535.");
  }
  return port;
}

/** Never repeats the URL, for it may hold a password. */
function readDatabaseUrl(text: string): string {
  if (/^sqlite:./.test(text)) return text;
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) {
    throw invalid(
      "DATABASE_URL must be postgres://user:password@host:port/database, or sqlite: and a directory.",
    );
  }
  const schema = new URL(text).searchParams.get("schema");
  if (schema !== null && !/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    throw invalid("The schema in DATABASE_URL must have 1 to 63 of a-z, 0-9 and _, and no digit first.");
  }
  return text;
}

function readLogLevel(text = "info"): string {
  if (!/^(debug|info|warn|error|silent)$/.test(text)) {
    throw invalid("LATCHKEY_LOG_LEVEL must be debug, info, warn, error or silent.");
  }
  return text;
}

function readRateLimit(text: string | undefined): Pick<Config, "apiRateLimit"> {
  if (text === undefined) return {};
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw invalid("LATCHKEY_API_RATE_LIMIT must be a number from 1 to 999999: calls a minute.");
  }
  return { apiRateLimit: Number(text) };
}

function readDeliveryPolicy(text = "wix"): DeliveryPolicyName {
  const policy = deliveryPolicyNames.find((name) => name === text);
  if (policy === undefined) {
    throw invalid(`LATCHKEY_DELIVERY_POLICY must be ${deliveryPolicyNames.join(" or ")}.`);
  }
  return policy;
}

function readPluginIssuer(text: string): string {
  if (/^[\x21-\x7e]{1,200}$/.test(text)) return text;
  throw invalid(
    "LATCHKEY_PLUGIN_ISSUER must have 1 to 200 visible ASCII characters, such as wix.com or a URL.",
  );
}

/** A development server delivers to the machine that it runs on, whatever else it may reach. */
function readOutboundAllow(text: string | undefined, development: boolean): AddressRange[] {
  const loopback = development ? ["127.0.0.0/8", "::1/128"] : [];
  const ranges = [...loopback, ...(text === undefined ? [] : [text])];
  return ranges.length === 0 ? [] : parseAllowed(ranges.join(","), "LATCHKEY_OUTBOUND_ALLOW");
}

function readResources(text: string | undefined): string[] {
  const names = text === undefined ? [] : text.split(",").map((name) => name.trim());
  if (names.includes("") || new Set(names).size < names.length) {
    throw invalid(
      "LATCHKEY_RESOURCES must be names of modules with commas between, each once, such as @latchkey/stores.",
    );
  }
  return names;
}

function readDrainDelay(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) > 300) {
    throw invalid("LATCHKEY_DRAIN_DELAY must be a number of seconds from 0 to 300.");
  }
  return Number(text);
}

function readStubsFile(path: string | undefined, development: boolean): Pick<Config, "stubsFile"> {
  if (path === undefined) return {};
  if (!development) throw invalid("LATCHKEY_STUBS must not be set in production: stubs are for development.");
  return { stubsFile: resolve(path) };
}

function readPublicUrl(
  text: string | undefined,
  place: { host: string; port: number; development: boolean },
): string {
  const host = place.host.includes(":") ? `[${place.host}]` : place.host;
  if (text === undefined && !place.development && !isLoopback(place.host)) {
    throw invalid("LATCHKEY_PUBLIC_URL is required: the https address under which apps reach this server.");
  }
  // The issuer stands in every token; a port that is found only later cannot be part of it.
  if (text === undefined && place.port === 0) {
    throw invalid(
      "LATCHKEY_PUBLIC_URL is required with PORT=0: the address under which apps reach this server.",
    );
  }
  let url: URL;
  try {
    url = new URL(text ?? `http://${host}:${place.port}`);
  } catch {
    throw invalid("LATCHKEY_PUBLIC_URL is not a URL.");
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw invalid("LATCHKEY_PUBLIC_URL must begin with https:// (http:// only for loopback).");
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username + url.password !== "") {
    throw invalid("LATCHKEY_PUBLIC_URL must be an origin: no path, query, fragment or credentials.");
  }
  return url.origin;
}

function missingEncryptionKey(): never {
  throw invalid(
    "LATCHKEY_ENCRYPTION_KEY is required in production: 32 random bytes, for example from: openssl rand -base64 32",
  );
}

function readAdminKey(text: string | undefined): string {
  // 32 bytes are 43 characters of base64 and 64 of hexadecimal.
  if (text === undefined || text.length < 43 || new Set(text).size < 12 || !/^[\x21-\x7e]+$/.test(text)) {
    throw invalid(
      "LATCHKEY_ADMIN_KEY is required: at least 32 random bytes as text, for example from: openssl rand -base64 32",
    );
  }
  return text;
}

function invalid(detail: string): OperatorError {
  return new OperatorError("invalid_configuration", detail);
}
