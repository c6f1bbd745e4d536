import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { OperatorError } from "../../infrastructure/errors/index.ts";
import type { Environment } from "../config.ts";

/** A platform, and a key of its management API. */
export interface ManagedPlatform {
  readonly url: string;
  readonly key: string;
}

/** What a program needs to act as an app, or as one instance of it. */
export interface AppCredentials {
  readonly url: string;
  readonly appId: string;
  readonly appSecret: string;
  /** Base64 of the PEM. */
  readonly publicKey?: string | undefined;
  readonly instanceId?: string | undefined;
}

/** Our variables, each with the one that hosts of the third-party platform set. */
const names = {
  appId: ["APP_ID", "WIX_CLIENT_ID"],
  appSecret: ["APP_SECRET", "WIX_CLIENT_SECRET"],
  publicKey: ["APP_PUBLIC_KEY", "WIX_CLIENT_PUBLIC_KEY"],
  instanceId: ["INSTANCE_ID", "WIX_CLIENT_INSTANCE_ID"],
} as const;

/** Returns the variables of a program. Those without a value are undefined, so that it inherits none of another app. */
export function credentialVariables(credentials: AppCredentials): Record<string, string | undefined> {
  const members = Object.keys(names) as (keyof typeof names)[];
  const pairs = members.flatMap((member) => names[member].map((name) => [name, credentials[member]]));
  return { LATCHKEY_URL: credentials.url, ...Object.fromEntries(pairs) };
}

/**
 * Reads credentials from `file`, else from the environment if it has both `APP_ID` and `APP_SECRET`, else from
 * `demo.env` of the data directory. Never mixes both, because they can be of different apps.
 *
 * Throws `invalid_configuration`.
 */
export function readCredentials(env: Environment, file: string | undefined): AppCredentials {
  const isInEnvironment = file === undefined && env.APP_ID && env.APP_SECRET;
  const source = isInEnvironment ? env : readVariables(env, file);
  const { APP_ID, APP_PUBLIC_KEY, APP_SECRET, INSTANCE_ID, LATCHKEY_URL = env.LATCHKEY_URL } = source;
  if (!LATCHKEY_URL || !APP_ID || !APP_SECRET) {
    const needed = Object.entries({ LATCHKEY_URL, APP_ID, APP_SECRET });
    const missing = needed.flatMap(([name, value]) => (value ? [] : [name]));
    const where = isInEnvironment ? "the environment" : fileOf(env, file);
    throw new OperatorError("invalid_configuration", `Missing in ${where}: ${missing.join(", ")}.`);
  }
  return {
    url: LATCHKEY_URL,
    appId: APP_ID,
    appSecret: APP_SECRET,
    publicKey: APP_PUBLIC_KEY || undefined,
    instanceId: INSTANCE_ID || undefined,
  };
}

/**
 * Reads the address and the admin key of a platform from `file`, else from the environment if it has both, else from `demo.env` of
 * the data directory. Throws `invalid_configuration`.
 *
 * @param purpose what needs them, for the error
 */
export function readManagedPlatform(
  env: Environment,
  { file, purpose }: { file?: string | undefined; purpose: string },
): ManagedPlatform {
  const isInEnvironment = file === undefined && env.LATCHKEY_URL && env.LATCHKEY_ADMIN_KEY;
  const { LATCHKEY_ADMIN_KEY: key, LATCHKEY_URL: url } = isInEnvironment ? env : readVariables(env, file);
  if (url && key) return { url, key };
  throw new OperatorError("invalid_configuration", `${purpose} needs LATCHKEY_URL and LATCHKEY_ADMIN_KEY.`);
}

/** Reads the variables of a file. Throws `invalid_configuration` when it does not exist. */
function readVariables(env: Environment, file?: string): Environment {
  const path = fileOf(env, file);
  if (existsSync(path)) return parseEnv(readFileSync(path, "utf8"));
  throw new OperatorError(
    "invalid_configuration",
    `The file ${path} does not exist. latchkey dev and npm start write it; otherwise set APP_ID, APP_SECRET and LATCHKEY_URL, or pass --app.`,
  );
}

function fileOf(env: Environment, file: string | undefined): string {
  return file ?? join(env.LATCHKEY_DATA_DIR || ".latchkey", "demo.env");
}
