import type { ApiModules, BoundModules } from "./api-module.ts";
import type { AppAuth } from "./app-auth.ts";
import { AppStrategy, type AppStrategyOptions, normalScopes } from "./app-strategy.ts";
import { createBoundedCache } from "./bounded-cache.ts";
import { type Connection, type ConnectionOptions, openConnection } from "./connection.ts";
import { type AuthenticatedFetch, publicPart, withModules } from "./create-client.ts";
import { LatchkeyError } from "./errors.ts";
import { openResources, type ResourceCaller } from "./resource.ts";
import { products } from "./stores/products.ts";
import { answerWebhook } from "./webhooks/answer.ts";
import type { WebhookEvent } from "./webhooks/webhook-event.ts";
import { createWebhooks, type WebhookOptions, type Webhooks } from "./webhooks/webhooks.ts";

/** What {@link createApp} takes. */
export interface AppOptions<Modules extends ApiModules = DefaultModules>
  extends ConnectionOptions,
    Omit<AppStrategyOptions, "instanceId" | "accessToken"> {
  /** The parts of the API that each instance offers. Default: `products`. */
  readonly modules?: Modules;
  /** How webhooks are handled. */
  readonly webhooks?: WebhookOptions | undefined;
}

/** What an app gets with each event: who to act for. */
export interface OfInstance<Modules extends ApiModules> {
  /** The installation that is told. It throws `missing_credentials` in a test that names none. */
  readonly instance: InstanceHandle<Modules>;
}

/** Checks that what comes to the app is genuine. */
export interface Authenticate<Modules extends ApiModules> {
  /**
   * Checks the request that brought a webhook and gives its event, without running a handler.
   *
   * @throws {LatchkeyError} `invalid_delivery`, `missing_public_key`, `invalid_public_key`, `body_already_read`
   */
  webhook(request: Request): Promise<WebhookEvent & OfInstance<Modules>>;
}

/** The modules of an app that names none. */
export type DefaultModules = { readonly products: typeof products };

/** An app on all of its installations. */
export interface App<Modules extends ApiModules = DefaultModules> {
  readonly appId: string;
  readonly publicKey?: string | readonly string[];
  /**
   * The handle of one installation: cheap, without I/O, and kept, so that it may be asked for at each request.
   *
   * @throws {LatchkeyError} `missing_credentials` when `instanceId` is empty
   */
  instance(instanceId: string, options?: InstanceOptions): InstanceHandle<Modules>;
  /** Receives webhooks. */
  readonly webhooks: Webhooks<OfInstance<Modules>>;
  readonly authenticate: Authenticate<Modules>;
  /**
   * Answers what the platform sends to the app: webhooks go to their handlers, and all else is refused. 200 when they
   * have run, 401 for what is not genuine, 500 when a handler failed, so that it is delivered again. Needs no `this`.
   */
  fetch(request: Request): Promise<Response>;
}

/** How a handle differs from the app's others. */
export interface InstanceOptions {
  /** Asks for tokens with these scopes only. Default: the app's own choice. */
  readonly scopes?: readonly string[] | undefined;
}

/** Acts as one installation of an app. */
export type InstanceHandle<Modules extends ApiModules = DefaultModules> = BoundModules<Modules> &
  AuthenticatedFetch &
  ResourceCaller & {
    readonly instanceId: string;
  };

/**
 * Makes one object for all installations of an app; they share its settings and one bounded cache of tokens.
 *
 * @throws {LatchkeyError} `missing_credentials`, `missing_api_url`, `invalid_api_url` or `insecure_api_url`
 * @example
 * import { createApp } from "@latchkey/sdk";
 *
 * const app = createApp({ appId: "<APP_ID>", appSecret: "<APP_SECRET>" });
 * const { items } = await app.instance("<INSTANCE_ID>").products.queryProducts().find();
 */
export function createApp<const Modules extends ApiModules = DefaultModules>(
  options: AppOptions<Modules>,
): App<Modules> {
  const auth = AppStrategy({ ...options, instanceId: undefined, accessToken: undefined });
  const connection = openConnection(auth, options);
  const modules = options.modules ?? ({ products } as ApiModules as Modules);
  const handles = createBoundedCache<InstanceHandle<Modules>>(connection.cacheSize);
  const open = (instanceId: string, scopes: AppAuth["scopes"]): InstanceHandle<Modules> => {
    const subject = { instanceId, ...(scopes === undefined ? {} : { scopes }) };
    const more = { instanceId, ...openResources(connection, subject) };
    return withModules(modules, connection.transportFor(subject), { more });
  };
  const instance: App<Modules>["instance"] = (instanceId, { scopes: own } = {}) => {
    if (typeof instanceId !== "string" || instanceId === "") {
      throw new LatchkeyError(
        "missing_credentials",
        "instanceId is missing: it names the installation to act for.",
      );
    }
    const scopes = normalScopes(own) ?? auth.scopes;
    const key = JSON.stringify([instanceId, scopes ?? null]);
    const kept = handles.get(key);
    if (kept !== undefined) return kept;
    const handle = open(instanceId, scopes);
    handles.set(key, handle);
    return handle;
  };
  return Object.freeze({
    appId: auth.appId,
    ...(auth.publicKey === undefined ? {} : { publicKey: auth.publicKey }),
    instance,
    ...receive(connection, options.webhooks ?? {}, instance),
  });
}

/** What takes in what the platform sends. */
function receive<Modules extends ApiModules>(
  { incoming }: Connection,
  options: WebhookOptions,
  instance: App<Modules>["instance"],
): Pick<App<Modules>, "webhooks" | "authenticate" | "fetch"> {
  // Opened when it is looked at: most handlers call nothing.
  const extend = ({ instanceId }: WebhookEvent): OfInstance<Modules> => ({
    get instance() {
      return instance(instanceId);
    },
  });
  const { issuer = incoming.issuer } = options;
  const webhooks = createWebhooks({ ...incoming, issuer, options, extend });
  return {
    webhooks: publicPart(webhooks) as Webhooks<OfInstance<Modules>>,
    authenticate: Object.freeze({
      async webhook(request: Request) {
        const event = await webhooks.parseRequest(request);
        return Object.assign(extend(event), event);
      },
    }),
    async fetch(request) {
      if (request.method === "POST") return await answerWebhook(webhooks, options, request);
      return Response.json({ error: "method_not_allowed" }, { status: 405, headers: { allow: "POST" } });
    },
  };
}
