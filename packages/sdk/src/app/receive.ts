import { type ServicePluginData, servicePluginType } from "@latchkey/protocol";

import type { ApiModules, BoundModules } from "../api-module.ts";
import { type AppAuth, readSecret } from "../app-auth.ts";
import type { Connection } from "../connection.ts";
import type { HasContext } from "../context.ts";
import { type AuthenticatedFetch, publicPart } from "../create-client.ts";
import { kindOf } from "../keys/verify-jwt.ts";
import {
  authenticatePage,
  type PageOptions,
  type PageRule,
  type Viewer,
} from "../pages/authenticate-page.ts";
import { type ActingUser, authenticateUser } from "../pages/authenticate-user.ts";
import { respondToServicePlugin } from "../service-plugins/service-plugin-response.ts";
import {
  createServicePlugins,
  type ServicePluginOptions,
  type ServicePlugins,
} from "../service-plugins/service-plugins.ts";
import { readBody } from "../webhooks/read-body.ts";
import type { WebhookEvent } from "../webhooks/webhook-event.ts";
import { errorResponseFor, respondToWebhook } from "../webhooks/webhook-response.ts";
import { createWebhooks, type WebhookOptions, type Webhooks } from "../webhooks/webhooks.ts";
import type { InstanceHandle } from "./instance-handle.ts";

/** What an app gets with all that the platform sends: who to act for. */
export interface WithInstance<Modules extends ApiModules> {
  /** The instance that is meant. It throws `missing_credentials` in a test of a webhook that names none. */
  readonly instance: InstanceHandle<Modules>;
}

/** Checks that what comes to the app is genuine. */
export interface Authenticate<Modules extends ApiModules> {
  /**
   * Checks the request that brought a webhook and gives its event, without running a handler.
   *
   * @throws {LatchkeyError} `invalid_delivery`, `missing_public_key`, `invalid_public_key`, `body_already_read`
   */
  webhook(request: Request): Promise<WebhookEvent & WithInstance<Modules>>;
  /** The same for a call of a service plugin, without running a method. Throws as `webhook` does. */
  servicePlugin(request: Request): Promise<ServicePluginData & WithInstance<Modules>>;
  /**
   * Checks the signed parameter with which a page of the app was opened: in the URL as `instance`, or as the page sends
   * it on in the header `Authorization`. It proves who looks at the page to this app, and to nobody else.
   *
   * @param rule which visitors the page is for. Default: those who are signed in to the dashboard
   * @throws {LatchkeyError} `invalid_instance_parameter` with a `reason`, `missing_credentials`
   * @example
   * import { createApp } from "@latchkey/sdk";
   *
   * const app = createApp({ appId: "<APP_ID>", appSecret: "<APP_SECRET>" });
   * export async function showPage(request: Request): Promise<Response> {
   *   const { instance, permissions, userId } = await app.authenticate.page(request);
   *   const { totalCount } = await instance.products.queryProducts().find();
   *   return new Response(`${userId} (${permissions}) sees ${totalCount} products`);
   * }
   */
  page(request: Request, rule?: PageRule): Promise<Viewer & WithInstance<Modules>>;
  /**
   * Checks the access token that a page of the app sends along, with the platform: `user` acts as whoever looks at the
   * page, and `instance` as the app, which may do more.
   *
   * @throws {LatchkeyError} `invalid_access_token`, `token_request_failed`, `unexpected_response`, `timeout`, `network`
   */
  user(request: Request): Promise<ActingUser & WithInstance<Modules> & WithUser<Modules>>;
}

/** Acts as the user of a page. */
export interface WithUser<Modules extends ApiModules> {
  readonly user: BoundModules<Modules> & AuthenticatedFetch & HasContext;
}

/** How an app handles what comes to it. */
export interface ReceiveOptions {
  /** How webhooks are handled. */
  readonly webhooks?: WebhookOptions | undefined;
  /** How calls of service plugins are handled. */
  readonly servicePlugins?: ServicePluginOptions | undefined;
  /** How pages are opened. */
  readonly pages?: PageOptions | undefined;
}

/** What takes in what the platform sends. */
export interface Receiver<Modules extends ApiModules> {
  /** Receives webhooks. */
  readonly webhooks: Webhooks<WithInstance<Modules>>;
  /** Answers calls of service plugins. */
  readonly servicePlugins: ServicePlugins<WithInstance<Modules>>;
  readonly authenticate: Authenticate<Modules>;
  /**
   * Answers what the platform sends to the app: webhooks go to their handlers, calls of service plugins to their
   * methods, and all else is refused. 200 when they have run, 401 for what is not genuine, 500 when one failed, so that
   * a webhook is delivered again. Needs no `this`.
   */
  fetch(request: Request): Promise<Response>;
}

/** For whom the app acts on what it gets. */
interface Handles<Modules extends ApiModules> {
  instance(instanceId: string): InstanceHandle<Modules>;
  byToken(accessToken: string, instanceId: string): WithUser<Modules>["user"];
}

export function createReceiver<Modules extends ApiModules>(
  connection: Connection,
  { auth, handles, options }: { auth: AppAuth; handles: Handles<Modules>; options: ReceiveOptions },
): Receiver<Modules> {
  const { incoming } = connection;
  // Opened when it is looked at: most handlers call nothing.
  const of = (instanceId: string): WithInstance<Modules> => ({
    get instance() {
      return handles.instance(instanceId);
    },
  });
  const { pages = {}, servicePlugins: pluginOptions = {}, webhooks: webhookOptions = {} } = options;
  const { issuer = incoming.issuer } = webhookOptions;
  const webhooks = createWebhooks({
    ...{ ...incoming, issuer, options: webhookOptions },
    extend: ({ instanceId }) => of(instanceId),
  });
  const servicePlugins = createServicePlugins({
    ...{ ...incoming, options: pluginOptions },
    extend: ({ metadata }) => of(metadata.instanceId),
  });
  const check = {
    ...{ appId: auth.appId, clock: incoming.clock, maxAge: pages.maxAge },
    secrets: pages.secrets ?? [auth[readSecret]()].filter((secret) => secret !== ""),
  };
  return {
    webhooks: publicPart(webhooks) as Webhooks<WithInstance<Modules>>,
    servicePlugins: Object.freeze(servicePlugins) as ServicePlugins<WithInstance<Modules>>,
    authenticate: Object.freeze({
      async webhook(request: Request) {
        const event = await webhooks.parseRequest(request);
        return Object.assign(of(event.instanceId), event);
      },
      async servicePlugin(request: Request) {
        const call = await servicePlugins.parseRequest(request);
        return Object.assign(of(call.metadata.instanceId), call);
      },
      async page(request: Request, rule: PageRule = {}) {
        const viewer = await authenticatePage(request, rule, check);
        return Object.assign(of(viewer.instanceId), viewer);
      },
      async user(request: Request) {
        const user = await authenticateUser(request, { appId: auth.appId, connection });
        return Object.assign(of(user.instanceId), user, {
          user: handles.byToken(user.accessToken, user.instanceId),
        });
      },
    }),
    async fetch(request) {
      if (request.method !== "POST") {
        return Response.json({ error: "method_not_allowed" }, { status: 405, headers: { allow: "POST" } });
      }
      let body: string;
      try {
        body = await readBody(request);
      } catch (error) {
        return errorResponseFor(error);
      }
      return kindOf(body) === servicePluginType
        ? await respondToServicePlugin(servicePlugins, pluginOptions, { url: request.url, body })
        : await respondToWebhook(webhooks, webhookOptions, body);
    },
  };
}
