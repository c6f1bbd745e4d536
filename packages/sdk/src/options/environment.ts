import { LatchkeyError } from "../errors.ts";

/** The credentials of an app from environment variables. */
export interface EnvironmentCredentials {
  readonly appId: string;
  readonly appSecret: string;
  readonly publicKey?: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Reads an app, and the instance to act as. Our variables come first, then those of hosts of the third-party platform. */
export function readEnvironment(): Partial<EnvironmentCredentials> & { readonly instanceId?: string } {
  const { env = {} } = (globalThis as { process?: { env?: Variables } }).process ?? {};
  const { APP_ID, APP_PUBLIC_KEY, APP_SECRET, INSTANCE_ID } = env;
  // Variables of different apps are not mixed.
  const [appId, appSecret, publicKey, instanceId] = APP_ID
    ? [APP_ID, APP_SECRET, APP_PUBLIC_KEY, INSTANCE_ID]
    : [env.WIX_CLIENT_ID, env.WIX_CLIENT_SECRET, env.WIX_CLIENT_PUBLIC_KEY, env.WIX_CLIENT_INSTANCE_ID];
  return {
    ...(appId && { appId }),
    ...(appSecret && { appSecret }),
    ...(publicKey && { publicKey }),
    // Some hosts set the nil UUID when there is no instance.
    ...(instanceId && !/^[0-]+$/.test(instanceId) && { instanceId }),
  };
}

/**
 * Reads the credentials of the app from `APP_ID`, `APP_SECRET` and `APP_PUBLIC_KEY`, else from `WIX_CLIENT_ID`,
 * `WIX_CLIENT_SECRET` and `WIX_CLIENT_PUBLIC_KEY`. `npm start` of Latchkey writes the first to `.latchkey/demo.env`, and
 * `latchkey run` sets both.
 *
 * @throws {LatchkeyError} `missing_credentials`, with the names of the missing variables
 * @example
 * import { createApp, fromEnvironment } from "@latchkey/sdk";
 *
 * const app = createApp({ ...fromEnvironment(), timeoutMs: 5_000 });
 */
export function fromEnvironment(): EnvironmentCredentials {
  const { appId, appSecret, publicKey } = readEnvironment();
  if (appId === undefined || appSecret === undefined) {
    const missing = [...(appId ? [] : ["APP_ID"]), ...(appSecret ? [] : ["APP_SECRET"])];
    throw new LatchkeyError(
      "missing_credentials",
      `${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} missing in the environment. ` +
        "Run with: node --env-file=.latchkey/demo.env, or set the values that POST /admin/v1/apps returned.",
    );
  }
  return { appId, appSecret, ...(publicKey && { publicKey }) };
}
