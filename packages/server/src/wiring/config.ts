import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { readSignInConfig, type SignInConfig, signInVariables } from "../features/accounts/index.ts";
import type { ApiRateLimits } from "../features/tokens/index.ts";
import { type DeliveryPolicyName, deliveryPolicyNames } from "../features/webhooks/index.ts";
import { seconds } from "../infrastructure/clock/index.ts";
import { type MasterKeys, parseMasterKeys } from "../infrastructure/crypto/index.ts";
import { parsePostgresUrl } from "../infrastructure/database/index.ts";
import { OperatorError } from "../infrastructure/errors/index.ts";
import { isLoopback } from "../infrastructure/http/index.ts";
import { logFormats } from "../infrastructure/observability/index.ts";
import { type AddressRange, parseAllowed } from "../infrastructure/outbound/index.ts";
import { developmentAdminKey, developmentEncryptionKey } from "./development-keys.ts";

/** The configuration of a server; {@link readConfig} reads it from the environment. */
export interface Config extends Partial<SignInConfig> {
  /** `development` adds routes that move the clock and create the demo, and accepts requests to loopback names only. */
  readonly environment: "production" | "development";
  readonly host: string;
  readonly port: number;
  /** Development: names besides those of loopback by which clients may call the server. Default: none. */
  readonly devHosts?: readonly string[];
  /** The issuer. */
  readonly publicUrl: string;
  readonly dataDirectory: string;
  readonly databaseUrl: string;
  /** Contains the URL; new connections read user and password from it. */
  readonly databaseUrlFile?: string | undefined;
  readonly masterKeys: MasterKeys;
  /** The name on pages for people. Default: Latchkey. */
  readonly platformName?: string | undefined;
  /** The logo on pages for people: an https URL, or an image as a `data:` URL. Default: none. */
  readonly platformLogo?: string | undefined;
  /** Gives access to the whole management API. The server stores only its hash. */
  readonly adminKey: string;
  readonly logLevel: string;
  /** Default: `json`. */
  readonly logFormat?: (typeof logFormats)[number];
  /** Default: no limits. */
  readonly apiRateLimits?: ApiRateLimits;
  /** Timeouts, retries and accepted statuses of webhooks. */
  readonly deliveryPolicy: DeliveryPolicyName;
  /** Bytes of events that the changes of one app may append in 30 days. */
  readonly eventBytesPerApp: number;
  readonly logRowsPerApp: number;
  readonly pendingDeliveriesPerApp: number;
  /** Whether a new webhook address must prove that it verifies signatures before it gets events. */
  readonly confirmWebhooks: boolean;
  /** The `iss` claim of service plugin calls. */
  readonly pluginIssuer: string;
  /** Private addresses that webhooks and service plugin calls may reach. */
  readonly outboundAllow: readonly AddressRange[];
  /** Addresses of proxies whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly AddressRange[];
  /** Names of modules that export resources. */
  readonly resources: readonly string[];
  /** Milliseconds between the first 503 of `/readyz` and the moment when the server accepts no more connections. */
  readonly drainDelayMs: number;
  /** Development only: path of a JSON file of stubs. */
  readonly stubsFile?: string;
}

/** Where a server keeps its data. Commands that use no keys need nothing else. */
export type StorageConfig = Pick<
  Config,
  "dataDirectory" | "databaseUrl" | "databaseUrlFile" | "resources" | "logLevel" | "logFormat"
>;

export type Environment = Readonly<Record<string, string | undefined>>;

const randomKeyAdvice = "for example from: openssl rand -base64 32";
const adminKeyRequired = `is required: at least 32 random bytes as text, ${randomKeyAdvice}`;
const encryptionKeyRequired = `LATCHKEY_ENCRYPTION_KEY is required in production: 32 random bytes, ${randomKeyAdvice}`;

const callsPerMinute = wholeNumber(
  1,
  999_999,
  "must be a number from 1 to 999999: calls a minute.",
).optional();

/** The variables with their checks. A message completes a sentence that begins with the name of the variable. */
const variables = z.object({
  LATCHKEY_ENV: z
    .enum(["production", "development"], "must be production or development.")
    .default("production"),
  HOST: z.string().default("127.0.0.1"),
  PORT: wholeNumber(0, 65_535, "must be a number from 0 to 65535.").default(4_400),
  LATCHKEY_PUBLIC_URL: z
    .string()
    .refine(URL.canParse, { message: "is not a URL.", abort: true })
    .transform((text) => new URL(text))
    .refine(isHttp, { message: "must begin with https:// (http:// only for loopback).", abort: true })
    .refine(isOrigin, "must be an origin: no path, query, fragment or credentials.")
    .optional(),
  LATCHKEY_DATA_DIR: z
    .string()
    .default(".latchkey")
    .transform((path) => resolve(path)),
  DATABASE_URL: z
    .string()
    .superRefine((text, { addIssue }) => {
      if (/^sqlite:./.test(text)) return;
      const parsed = parsePostgresUrl(text);
      if ("problem" in parsed) addIssue({ code: "custom", message: parsed.problem });
    })
    .optional(),
  DATABASE_URL_FILE: z.string().optional(),
  LATCHKEY_ENCRYPTION_KEY: z.string().optional(),
  LATCHKEY_ENCRYPTION_KEY_FILE: z.string().optional(),
  // 32 bytes are 43 characters of base64 and 64 of hexadecimal.
  LATCHKEY_ADMIN_KEY: z
    .string()
    .refine((text) => /^[\x21-\x7e]{43,}$/.test(text) && new Set(text).size >= 12, adminKeyRequired)
    .optional(),
  LATCHKEY_ADMIN_KEY_FILE: z.string().optional(),
  LATCHKEY_PLATFORM_NAME: z
    .string()
    .regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,50}$/u, "must have 1 to 50 characters, without line breaks.")
    .optional(),
  LATCHKEY_PLATFORM_LOGO: z
    .string()
    .refine(
      isLogo,
      "must be an https URL, or a data: URL of an image in base64, of at most 50000 characters.",
    )
    .optional(),
  LATCHKEY_DEV_HOSTS: z
    .string()
    .transform((text) =>
      text
        .toLowerCase()
        .split(",")
        .map((name) => name.trim()),
    )
    .default([]),
  LATCHKEY_LOG_LEVEL: z
    .enum(["debug", "info", "warn", "error", "silent"], "must be debug, info, warn, error or silent.")
    .default("info"),
  LATCHKEY_LOG_FORMAT: z.enum(logFormats, "must be json or text.").optional(),
  LATCHKEY_API_RATE_LIMIT: callsPerMinute,
  LATCHKEY_APP_API_RATE_LIMIT: callsPerMinute,
  LATCHKEY_DELIVERY_POLICY: z
    .enum(deliveryPolicyNames, `must be ${deliveryPolicyNames.join(" or ")}.`)
    .default("wix"),
  LATCHKEY_EVENT_MEGABYTES_PER_APP: wholeNumber(
    1,
    999_999,
    "must be a number from 1 to 999999: megabytes in 30 days.",
  ).default(10_000),
  LATCHKEY_PENDING_DELIVERIES_PER_APP: wholeNumber(2, 999_999, "must be a number from 2 to 999999.").default(
    100_000,
  ),
  LATCHKEY_LOG_ROWS_PER_APP: wholeNumber(1_000, 999_999, "must be a number from 1000 to 999999.").default(
    100_000,
  ),
  LATCHKEY_CONFIRM_WEBHOOKS: z.enum(["on", "off"], "must be on or off.").optional(),
  ...signInVariables,
  LATCHKEY_OUTBOUND_ALLOW: z.string().optional(),
  LATCHKEY_TRUSTED_PROXIES: z.string().optional(),
  LATCHKEY_PLUGIN_ISSUER: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, "must have 1 to 200 visible ASCII characters, such as wix.com or a URL.")
    .optional(),
  LATCHKEY_RESOURCES: z
    .string()
    .transform((text) => text.split(",").map((name) => name.trim()))
    .refine(
      (names) => !names.includes("") && new Set(names).size === names.length,
      "must be names of modules with commas between, each once, such as @latchkey/stores.",
    )
    .default([]),
  LATCHKEY_STUBS: z
    .string()
    .transform((path) => resolve(path))
    .optional(),
  LATCHKEY_DRAIN_DELAY: wholeNumber(0, 300, "must be a number of seconds from 0 to 300.").optional(),
});

/**
 * Reads the configuration from environment variables; `docs/reference/configuration.md` lists them. Throws
 * `invalid_configuration`, which names the variable and what to do, and never contains a value.
 */
export function readConfig(env: Environment): Config {
  const data = readVariables(env);
  const { HOST: host, LATCHKEY_DATA_DIR: dataDirectory, PORT: port } = data;
  const development = data.LATCHKEY_ENV === "development";
  const isOwnName = (name: string): boolean =>
    isLoopback(name) || data.LATCHKEY_DEV_HOSTS.includes(name.toLowerCase());
  if (development && !isOwnName(host)) {
    throw invalid(
      "HOST must be a loopback address in development, or be in LATCHKEY_DEV_HOSTS; set LATCHKEY_ENV=production to serve a network.",
    );
  }
  if (data.LATCHKEY_DEV_HOSTS.length > 0 && !development) {
    throw invalid("LATCHKEY_DEV_HOSTS must not be set in production: it is for development.");
  }
  const { LATCHKEY_PUBLIC_URL: given } = data;
  if (given?.protocol === "http:" && !isOwnName(given.hostname)) {
    throw invalid("LATCHKEY_PUBLIC_URL must begin with https:// (http:// only for loopback).");
  }
  if (data.LATCHKEY_STUBS !== undefined && !development) {
    throw invalid("LATCHKEY_STUBS must not be set in production: stubs are for development.");
  }
  const publicUrl = given?.origin ?? defaultPublicUrl(host, port);
  const outbound = [development ? "127.0.0.0/8,::1/128" : [], data.LATCHKEY_OUTBOUND_ALLOW ?? []].flat();
  return {
    environment: data.LATCHKEY_ENV,
    host,
    port,
    devHosts: data.LATCHKEY_DEV_HOSTS,
    publicUrl,
    ...storageOf(data),
    masterKeys: parseMasterKeys(
      data.LATCHKEY_ENCRYPTION_KEY ??
        (development ? developmentEncryptionKey(dataDirectory) : missing(encryptionKeyRequired)),
    ),
    adminKey:
      data.LATCHKEY_ADMIN_KEY ??
      (development ? developmentAdminKey(dataDirectory) : missing(`LATCHKEY_ADMIN_KEY ${adminKeyRequired}`)),
    platformName: data.LATCHKEY_PLATFORM_NAME,
    platformLogo: data.LATCHKEY_PLATFORM_LOGO,
    ...((data.LATCHKEY_API_RATE_LIMIT ?? data.LATCHKEY_APP_API_RATE_LIMIT) && {
      apiRateLimits: { instance: data.LATCHKEY_API_RATE_LIMIT, app: data.LATCHKEY_APP_API_RATE_LIMIT },
    }),
    deliveryPolicy: data.LATCHKEY_DELIVERY_POLICY,
    eventBytesPerApp: data.LATCHKEY_EVENT_MEGABYTES_PER_APP * 1_000_000,
    logRowsPerApp: data.LATCHKEY_LOG_ROWS_PER_APP,
    pendingDeliveriesPerApp: data.LATCHKEY_PENDING_DELIVERIES_PER_APP,
    confirmWebhooks: (data.LATCHKEY_CONFIRM_WEBHOOKS ?? (development ? "off" : "on")) === "on",
    ...readSignInConfig(data, { development }),
    // The unmodified third-party client accepts plugin calls from this issuer only.
    pluginIssuer: data.LATCHKEY_PLUGIN_ISSUER ?? (development ? "wix.com" : publicUrl),
    outboundAllow: outbound.length === 0 ? [] : parseAllowed(outbound.join(), "LATCHKEY_OUTBOUND_ALLOW"),
    trustedProxies:
      data.LATCHKEY_TRUSTED_PROXIES === undefined
        ? []
        : parseAllowed(data.LATCHKEY_TRUSTED_PROXIES, "LATCHKEY_TRUSTED_PROXIES"),
    drainDelayMs: seconds(data.LATCHKEY_DRAIN_DELAY ?? (development ? 0 : 1)),
    ...(data.LATCHKEY_STUBS && { stubsFile: data.LATCHKEY_STUBS }),
  };
}

/** Reads the part of the configuration that needs no keys. Throws `invalid_configuration`. */
export function readStorageConfig(env: Environment): StorageConfig {
  return storageOf(readVariables(env));
}

function storageOf(data: z.infer<typeof variables>): StorageConfig {
  const { LATCHKEY_DATA_DIR: dataDirectory } = data;
  return {
    dataDirectory,
    databaseUrl: data.DATABASE_URL ?? `sqlite:${dataDirectory}`,
    databaseUrlFile: data.DATABASE_URL_FILE,
    resources: data.LATCHKEY_RESOURCES,
    logLevel: data.LATCHKEY_LOG_LEVEL,
    logFormat: data.LATCHKEY_LOG_FORMAT ?? (data.LATCHKEY_ENV === "development" ? "text" : "json"),
  };
}

function readVariables(env: Environment): z.infer<typeof variables> {
  for (const name of Object.keys(variables.shape)) {
    // An empty value may be a mistake, so the default does not replace it.
    if (env[name] === "") throw invalid(`${name} is empty; give it a value, or do not set it.`);
  }
  const parsed = variables.safeParse(withFiles(env));
  if (!parsed.success) {
    throw invalid(parsed.error.issues.map(({ message, path }) => `${path.join()} ${message}`).join(" "));
  }
  return parsed.data;
}

/** Secrets that a file may hold: the variable with the suffix `_FILE` names it. */
const fileVariables = [
  "DATABASE_URL",
  "LATCHKEY_ENCRYPTION_KEY",
  "LATCHKEY_ADMIN_KEY",
  "LATCHKEY_OIDC_CLIENT_SECRET",
];

function withFiles(env: Environment): Environment {
  const complete = { ...env };
  for (const name of fileVariables) {
    const file = env[`${name}_FILE`];
    if (file === undefined) continue;
    if (env[name] !== undefined) throw invalid(`${name} and ${name}_FILE must not both be set.`);
    try {
      complete[name] = readFileSync(file, "utf8").trim();
    } catch {
      throw invalid(`${name}_FILE must name a file that can be read.`);
    }
  }
  return complete;
}

function wholeNumber(min: number, max: number, message: string) {
  return z
    .string()
    .regex(/^\d{1,6}$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message));
}

function isHttp({ protocol }: URL): boolean {
  return protocol === "https:" || protocol === "http:";
}

function isLogo(text: string): boolean {
  if (text.length > 50_000) return false;
  if (/^data:image\/(png|jpeg|webp|gif|svg\+xml);base64,[A-Za-z0-9+/]+=*$/.test(text)) return true;
  return URL.canParse(text) && new URL(text).protocol === "https:";
}

function isOrigin({ hash, password, pathname, search, username }: URL): boolean {
  return pathname === "/" && `${search}${hash}${username}${password}` === "";
}

function defaultPublicUrl(host: string, port: number): string {
  if (!isLoopback(host)) {
    throw invalid("LATCHKEY_PUBLIC_URL is required: the https address under which apps reach this server.");
  }
  // The issuer of tokens contains the port, which is not known yet.
  if (port === 0) {
    throw invalid(
      "LATCHKEY_PUBLIC_URL is required with PORT=0: the address under which apps reach this server.",
    );
  }
  return new URL(`http://${host.includes(":") ? `[${host}]` : host}:${port}`).origin;
}

function missing(detail: string): never {
  throw invalid(detail);
}

function invalid(detail: string): OperatorError {
  return new OperatorError("invalid_configuration", detail);
}
