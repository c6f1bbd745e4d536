import { type ApiModules, type BoundModules, bindModules, type HandlerRegistry } from "./api-module.ts";
import type { AppAuth, AuthMethods } from "./app-auth.ts";
import { bindAuth } from "./app-strategy.ts";
import { type ConnectionOptions, connectionOptions, openConnection } from "./connection.ts";
import { type OptionNames, requireKnown } from "./options/known-options.ts";
import { createResourceCaller, type ResourceCaller } from "./resource.ts";
import {
  createServicePlugins,
  type ServicePluginOptions,
  type ServicePlugins,
} from "./service-plugins/service-plugins.ts";
import { createRestHost } from "./third-party/rest-host.ts";
import type { Transport } from "./transport.ts";
import { createWebhooks, type WebhookOptions, type Webhooks } from "./webhooks/webhooks.ts";

/** Options of {@link createClient}. */
export interface ClientOptions<Modules extends ApiModules = Record<never, never>> extends ConnectionOptions {
  /** The identity of the app: an {@link AppStrategy}. */
  readonly auth: AppAuth;
  /** The modules of the client by name: ours, and unchanged REST modules of the third-party packages. Default: none. */
  readonly modules?: Modules;
  /** Options of webhooks. Options of `app.fetch` are available in `createApp` only. */
  readonly webhooks?: Pick<WebhookOptions, "issuer" | "handledEvents" | "onUnhandled"> | undefined;
  /** Options of service plugins. */
  readonly servicePlugins?: Pick<ServicePluginOptions, "issuer"> | undefined;
}

/** Sends requests to the platform's API. */
export interface AuthenticatedFetch {
  /**
   * Calls `fetch` with the access token in the `Authorization` header, and returns the response for every status.
   *
   * After a 401, it gets a new token and retries once. It retries 429, and 503 with `Retry-After`. It retries
   * timeouts, network errors and other 5xx only for `GET`, `HEAD` and requests with an `Idempotency-Key`. A stream
   * body is sent only once.
   *
   * @param pathOrUrl a path, or a URL with the origin of the API. The origin `https://www.wixapis.com` is replaced by
   *   that of the API
   * @throws {LatchkeyError} `foreign_host`, `token_request_failed`, `unexpected_response` (a redirect), `timeout`,
   *   `network`, `aborted`, `missing_credentials`
   * @example
   * const response = await client.fetchWithAuth("/apps/v1/instance");
   */
  fetchWithAuth(pathOrUrl: string | URL, init?: RequestInit): Promise<Response>;
}

/** A client that acts as one instance of an app. */
export type Client<Modules extends ApiModules = Record<never, never>> = BoundModules<Modules, true> &
  AuthenticatedFetch &
  ResourceCaller & {
    /** The identity of the client. It shares the client's connection and tokens. */
    readonly auth: AuthMethods;
    /** Handlers of webhooks. Events of modules register their handlers here too. */
    readonly webhooks: Webhooks;
    /** Methods of service plugins. Service plugins of modules register their methods here too. */
    readonly servicePlugins: ServicePlugins;
  };

/**
 * Creates a client that acts as one instance of an app. It requests, caches and renews the access token. Create one
 * client per instance and reuse it; for many instances use `createApp`.
 *
 * @throws {LatchkeyError} `invalid_option`, `missing_api_url`, `invalid_api_url` or `insecure_api_url`
 * @example
 * import { AppStrategy, createClient } from "@latchkey/sdk";
 * import { products } from "@latchkey/sdk/stores";
 *
 * const myClient = createClient({
 *   auth: AppStrategy({ appId: "<APP_ID>", appSecret: "<APP_SECRET>", instanceId: "<INSTANCE_ID>" }),
 *   modules: { products },
 * });
 * const { items } = await myClient.products.queryProducts().find();
 */
export function createClient<const Modules extends ApiModules = Record<never, never>>(
  options: ClientOptions<Modules>,
): Client<Modules> {
  requireKnown("createClient", options, clientOptions);
  requireKnown("webhooks of createClient", options.webhooks ?? {}, webhookOptionNames);
  requireKnown("servicePlugins of createClient", options.servicePlugins ?? {}, { issuer: null });
  const connection = openConnection(options.auth, options);
  const transport = connection.transportFor(options.auth);
  const auth = bindAuth(options.auth, () => connection);
  const webhookOptions = options.webhooks ?? {};
  const { issuer = connection.incoming.issuer } = webhookOptions;
  const { webhooks } = createWebhooks({
    ...connection.incoming,
    issuer,
    options: webhookOptions,
    extend: () => ({}),
  });
  const { servicePlugins } = createServicePlugins({
    ...connection.incoming,
    options: options.servicePlugins ?? {},
    extend: () => ({}),
  });
  const more = { auth, webhooks, servicePlugins, ...createResourceCaller(connection, options.auth) };
  return withModules(options.modules ?? ({} as Modules), transport, {
    more,
    register: { event: webhooks.on, servicePlugin: servicePlugins.implement },
  }) as Client<Modules>;
}

const ownOptions = { auth: null, modules: null, webhooks: null, servicePlugins: null };
const clientOptions: OptionNames<ClientOptions> = { ...ownOptions, ...connectionOptions };
const webhookOptionNames = { issuer: null, handledEvents: null, onUnhandled: null };

/** Creates a frozen client with modules, `fetchWithAuth` and the members of `more`. */
export function withModules<Modules extends ApiModules, More extends object>(
  modules: Modules,
  transport: Transport,
  { more, register }: { readonly more: More; readonly register?: HandlerRegistry },
): BoundModules<Modules> & AuthenticatedFetch & More {
  const bound = bindModules(modules, createRestHost(transport), register);
  // Defined instead of assigned, because a module can have the name of an inherited member.
  Object.defineProperties(bound, {
    ...Object.getOwnPropertyDescriptors(more),
    fetchWithAuth: { value: transport.fetchWithAuth, enumerable: true },
  });
  Object.freeze(bound);
  return bound as BoundModules<Modules> & AuthenticatedFetch & More;
}
