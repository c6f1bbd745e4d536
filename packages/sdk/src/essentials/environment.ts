import { AppStrategy } from "../app-strategy.ts";
import { openConnection } from "../connection.ts";
import type { CallContext } from "../context.ts";
import { LatchkeyError } from "../errors.ts";

/** The credentials of an app from environment variables. */
export interface EnvironmentCredentials {
  readonly appId: string;
  readonly appSecret: string;
  readonly publicKey?: string;
}

/** Our variables first, then the variables that hosts of the third-party platform set. */
const names = {
  appId: ["APP_ID", "WIX_CLIENT_ID"],
  appSecret: ["APP_SECRET", "WIX_CLIENT_SECRET"],
  publicKey: ["APP_PUBLIC_KEY", "WIX_CLIENT_PUBLIC_KEY"],
  instanceId: ["INSTANCE_ID", "WIX_CLIENT_INSTANCE_ID"],
} as const;

type Variables = Readonly<Record<string, string | undefined>>;

function read(which: keyof typeof names): string | undefined {
  const { process } = globalThis as { process?: { env?: Variables } };
  return names[which]
    .map((name) => process?.env?.[name])
    .find((value) => value !== undefined && value !== "");
}

/**
 * Reads the credentials of the app from `APP_ID`, `APP_SECRET` and `APP_PUBLIC_KEY`. `npm start` of Latchkey writes
 * these variables to `.latchkey/demo.env`.
 *
 * @throws {LatchkeyError} `missing_credentials`, with the names of the missing variables
 * @example
 * import { createApp } from "@latchkey/sdk";
 * import { fromEnvironment } from "@latchkey/sdk/essentials";
 *
 * const app = createApp(fromEnvironment());
 */
export function fromEnvironment(): EnvironmentCredentials {
  const [appId, appSecret, publicKey] = [read("appId"), read("appSecret"), read("publicKey")];
  const missing = [
    ...(appId === undefined ? ["APP_ID"] : []),
    ...(appSecret === undefined ? ["APP_SECRET"] : []),
  ];
  if (appId === undefined || appSecret === undefined) {
    throw new LatchkeyError(
      "missing_credentials",
      `${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} missing in the environment. ` +
        "Run with: node --env-file=.latchkey/demo.env, or set the values that POST /admin/v1/apps returned.",
    );
  }
  return { appId, appSecret, ...(publicKey === undefined ? {} : { publicKey }) };
}

let known: { readonly key: string; readonly context: CallContext } | undefined;

/** Returns the context of the instance in `INSTANCE_ID`, for scripts and for hosts with one process per instance. */
export function environmentContext(): CallContext | undefined {
  const [appId, appSecret, instanceId] = [read("appId"), read("appSecret"), read("instanceId")];
  // Some hosts set the nil UUID when there is no instance.
  const named = instanceId !== undefined && !/^[0-]+$/.test(instanceId);
  if (appId === undefined || appSecret === undefined || !named) return undefined;
  const key = JSON.stringify([appId, appSecret, instanceId]);
  if (known?.key === key) return known.context;
  const context = openConnection(AppStrategy({ appId, appSecret, instanceId }), {}).contextFor({
    instanceId,
  });
  known = { key, context };
  return context;
}
