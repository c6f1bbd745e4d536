import { type ApiModules, type BoundModules, bindModules, type HandlerRegistry } from "./api-module.ts";
import type { AppAuth, AuthMethods } from "./app-auth.ts";
import { bindAuth } from "./app-strategy.ts";
import { type ConnectionOptions, openConnection } from "./connection.ts";
import { createResourceCaller, type ResourceCaller } from "./resource.ts";
import {
  createServicePlugins,
  type ServicePluginOptions,
  type ServicePlugins,
} from "./service-plugins/service-plugins.ts";
import { createRestHost } from "./third-party/rest-host.ts";
import type { Transport } from "./transport.ts";
import { createWebhooks, type WebhookOptions, type Webhooks } from "./webhooks/webhooks.ts";

/** What {@link createClient} takes. */
export interface ClientOptions<Modules extends ApiModules = Record<never, never>> extends ConnectionOptions {
  /** Whose tokens it uses: an {@link AppStrategy}. */
  readonly auth: AppAuth;
  /**
   * The parts of the API that it offers, by the names that they get on the client: ours, and the REST modules of the
   * third-party packages as they are. Default: none.
   */
  readonly modules?: Modules;
  /** How webhooks are handled; those of `app.fetch` are for `createApp`. */
  readonly webhooks?: Pick<WebhookOptions, "issuer" | "handledEvents" | "onUnhandled"> | undefined;
  /** How calls of service plugins are checked. */
  readonly servicePlugins?: Pick<ServicePluginOptions, "issuer"> | undefined;
}

/** Sends any request of the platform's API. */
export interface AuthenticatedFetch {
  /**
   * `fetch` with the access token in the `Authorization` header; the response comes back whatever its status.
   *
   * A 401 is answered by one retry with a new token. 429, and 503 with `Retry-After`, are retried; time-outs, network
   * errors and other 5xx only for `GET` and `HEAD` or with an `Idempotency-Key`. A body that is a stream is sent once.
   *
   * @param pathOrUrl a path, or a URL at the same origin as the API; one at `https://www.wixapis.com` is sent there too
   * @throws {LatchkeyError} `foreign_host`, `token_request_failed`, `unexpected_response` (a redirect), `timeout`,
   *   `network`, `aborted`, `missing_credentials`
   * @example
   * const response = await client.fetchWithAuth("/apps/v1/instance");
   */
  fetchWithAuth(pathOrUrl: string | URL, init?: RequestInit): Promise<Response>;
}

/** Acts as one instance of an app. */
export type Client<Modules extends ApiModules = Record<never, never>> = BoundModules<Modules, true> &
  AuthenticatedFetch &
  ResourceCaller & {
    /** The client's identity, asked over its connection. */
    readonly auth: AuthMethods;
    /** Receives webhooks; events of its modules register their handlers here too. */
    readonly webhooks: Webhooks;
    /** Answers calls of service plugins; those of its modules register their methods here too. */
    readonly servicePlugins: ServicePlugins;
  };

/**
 * Makes a client that acts as one instance of an app: it gets, keeps and renews the access token by itself.
 * Make one per instance and keep it; for many instances `createApp` is cheaper.
 *
 * @throws {LatchkeyError} `missing_api_url`, `invalid_api_url` or `insecure_api_url`
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
  const connection = openConnection(options.auth, options);
  const transport = connection.transportFor(options.auth);
  const auth = bindAuth(options.auth, () => connection);
  const webhookOptions = options.webhooks ?? {};
  const { issuer = connection.incoming.issuer } = webhookOptions;
  const webhooks = createWebhooks({
    ...connection.incoming,
    issuer,
    options: webhookOptions,
    extend: () => ({}),
  });
  const servicePlugins = createServicePlugins({
    ...{ ...connection.incoming, options: options.servicePlugins ?? {} },
    extend: () => ({}),
  });
  const more = {
    ...{ auth, webhooks: publicPart(webhooks), servicePlugins: Object.freeze(servicePlugins) },
    ...createResourceCaller(connection, options.auth),
  };
  return withModules(options.modules ?? ({} as Modules), transport, {
    more,
    register: { event: webhooks.on, servicePlugin: servicePlugins.implement },
  }) as Client<Modules>;
}

/** What callers see of webhooks. */
export function publicPart({ on, parseJWT, parseRequest, process, processRequest }: Webhooks): Webhooks {
  return Object.freeze({ on, process, processRequest, parseJWT, parseRequest });
}

/** A client's modules and its `fetchWithAuth`, with `more` beside them, frozen. */
export function withModules<Modules extends ApiModules, More extends object>(
  modules: Modules,
  transport: Transport,
  { more, register }: { readonly more: More; readonly register?: HandlerRegistry },
): BoundModules<Modules> & AuthenticatedFetch & More {
  const bound = bindModules(modules, createRestHost(transport), register);
  // Defined, not assigned: a module may have the name of something that objects inherit.
  Object.defineProperties(bound, {
    ...Object.getOwnPropertyDescriptors(more),
    fetchWithAuth: { value: transport.fetchWithAuth, enumerable: true },
  });
  Object.freeze(bound);
  return bound as BoundModules<Modules> & AuthenticatedFetch & More;
}
