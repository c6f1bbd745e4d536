import type { ApiModules } from "../api-module.ts";
import { type AppAuth, readAccessToken } from "../app-auth.ts";
import { AppStrategy, type AppStrategyOptions, normalScopes } from "../app-strategy.ts";
import { createBoundedCache } from "../bounded-cache.ts";
import { type ConnectionOptions, connectionOptions, openConnection } from "../connection.ts";
import { contextOf } from "../context.ts";
import { withModules } from "../create-client.ts";
import { LatchkeyError } from "../errors.ts";
import { checkInstanceId } from "../options/credentials.ts";
import { fromEnvironment } from "../options/environment.ts";
import { type OptionNames, requireKnown } from "../options/known-options.ts";
import { createResourceCaller } from "../resource.ts";
import { products } from "../stores/products.ts";
import type { DefaultModules, InstanceHandle } from "./instance-handle.ts";
import {
  createReceiver,
  type ReceiveOptions,
  type Receiver,
  receiveOptions,
  requireKnownReceiving,
  type WithUser,
} from "./receive.ts";

/** Options of {@link createApp}. */
export interface AppOptions<Modules extends ApiModules = DefaultModules>
  extends ConnectionOptions,
    ReceiveOptions,
    Omit<AppStrategyOptions, "instanceId" | "accessToken" | "refreshToken" | "onRefreshToken"> {
  /** The modules of each instance handle. Default: `products`. */
  readonly modules?: Modules;
}

/** An app with all of its instances. */
export interface App<Modules extends ApiModules = DefaultModules> extends Receiver<Modules> {
  readonly appId: string;
  readonly publicKey?: string | readonly string[];
  /**
   * Returns the handle of an instance. The method makes no request, and handles are cached, so call it wherever a
   * handle is needed.
   *
   * @throws {LatchkeyError} `missing_credentials` when `instanceId` is missing or malformed, `invalid_option`
   */
  instance(instanceId: string, options?: InstanceOptions): InstanceHandle<Modules>;
}

/** Options of an instance handle. */
export interface InstanceOptions {
  /** Requests tokens with only these scopes. Default: the scopes of the app's options. */
  readonly scopes?: readonly string[] | undefined;
}

const instanceOptions: OptionNames<InstanceOptions> = { scopes: null };
const appOptions: OptionNames<AppOptions> = {
  ...{ appId: null, appSecret: null, publicKey: null, scopes: null, modules: null },
  ...connectionOptions,
  ...receiveOptions,
};

/**
 * Creates one object for all instances of an app. The instances share the options and one bounded cache of tokens.
 *
 * @param options Default: the app of the environment, as `fromEnvironment` reads it
 * @throws {LatchkeyError} `invalid_option`, `missing_credentials`, `invalid_public_key`, `missing_api_url`,
 *   `invalid_api_url` or `insecure_api_url`
 * @example
 * import { createApp } from "@latchkey/sdk";
 *
 * const app = createApp({ appId: "<APP_ID>", appSecret: "<APP_SECRET>" });
 * const { items } = await app.instance("<INSTANCE_ID>").products.queryProducts().find();
 */
export function createApp<const Modules extends ApiModules = DefaultModules>(
  options: AppOptions<Modules> = fromEnvironment(),
): App<Modules> {
  if (options !== null && typeof options === "object" && "instanceId" in options) {
    throw new LatchkeyError(
      "invalid_option",
      "createApp has no option instanceId, because an app has many instances. Call app.instance(instanceId).",
    );
  }
  requireKnown("createApp", options, appOptions);
  requireKnownReceiving(options);
  const { appId, appSecret, publicKey, scopes } = options;
  const auth = AppStrategy({ appId, appSecret, publicKey, scopes });
  const connection = openConnection(auth, options);
  const modules = options.modules ?? ({ products } as ApiModules as Modules);
  const handles = createBoundedCache<InstanceHandle<Modules>>(connection.cacheSize);
  const open = (instanceId: string, scopes: AppAuth["scopes"]): InstanceHandle<Modules> => {
    const subject = { instanceId, ...(scopes === undefined ? {} : { scopes }) };
    const context = { [contextOf]: () => connection.contextFor(subject) };
    const more = { instanceId, ...createResourceCaller(connection, subject), ...context };
    return withModules(modules, connection.transportFor(subject), { more });
  };
  const byToken = (accessToken: string, instanceId: string): WithUser<Modules>["user"] => {
    const subject = { [readAccessToken]: () => accessToken };
    const more = { [contextOf]: () => connection.contextFor(subject, { instanceId }) };
    return withModules(modules, connection.transportFor(subject), { more });
  };
  const instance: App<Modules>["instance"] = (instanceId, given = {}) => {
    requireKnown("app.instance", given, instanceOptions);
    const scopes = normalScopes(given.scopes) ?? auth.scopes;
    const key = JSON.stringify([instanceId, scopes ?? null]);
    const cached = handles.get(key);
    if (cached !== undefined) return cached;
    checkInstanceId(instanceId, auth.appId);
    const handle = open(instanceId, scopes);
    handles.set(key, handle);
    return handle;
  };
  return Object.freeze({
    appId: auth.appId,
    ...(auth.publicKey === undefined ? {} : { publicKey: auth.publicKey }),
    instance,
    ...createReceiver(connection, { auth, handles: { instance, byToken }, options }),
  });
}
