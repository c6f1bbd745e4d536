import { type ServicePluginData, servicePluginType } from "@latchkey/protocol";

import type { ApiModules, BoundModules } from "../api-module.ts";
import { type AppAuth, readSecret } from "../app-auth.ts";
import type { Connection } from "../connection.ts";
import type { HasContext } from "../context.ts";
import type { AuthenticatedFetch } from "../create-client.ts";
import { kindOf } from "../keys/verify-jwt.ts";
import { type OptionNames, requireKnown } from "../options/known-options.ts";
import {
  authenticatePage,
  type PageOptions,
  type PageRule,
  type Viewer,
} from "../pages/authenticate-page.ts";
import { type ActingUser, authenticateUser } from "../pages/authenticate-user.ts";
import { createRefusedReport, type OnRefused } from "../reports/refused-request.ts";
import { reporting } from "../reports/reporting.ts";
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

/** The instance that a request is about. */
export interface WithInstance<Modules extends ApiModules> {
  /** The handle of the instance. Reading it throws `missing_credentials` for a test webhook without an instance. */
  readonly instance: InstanceHandle<Modules>;
}

/** Verifies requests to the app. */
export interface Authenticate<Modules extends ApiModules> {
  /**
   * Verifies the request of a webhook and returns the event, without running handlers.
   *
   * @throws {LatchkeyError} `invalid_delivery`, `missing_public_key`, `invalid_public_key`, `body_already_read`
   */
  webhook(request: Request): Promise<WebhookEvent & WithInstance<Modules>>;
  /**
   * Verifies the request of a service plugin call and returns the call, without running a method. Throws as `webhook`
   * does.
   */
  servicePlugin(request: Request): Promise<ServicePluginData & WithInstance<Modules>>;
  /**
   * Verifies the signed instance parameter of a page. It is the query parameter `instance`, or the `Authorization`
   * header of a request from the page to the app's server.
   *
   * @param rule the visitors that the page is for. Default: only users who are signed in to the dashboard
   * @throws {LatchkeyError} `invalid_instance_parameter` with a `reason`, `missing_credentials`, `invalid_option`
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
   * Verifies the access token of a page with a request to the platform. In the result, `user` acts as the user of the
   * page, and `instance` acts as the app, which can have more permissions.
   *
   * @throws {LatchkeyError} `invalid_access_token`, `token_request_failed`, `unexpected_response`, `timeout`,
   *   `network`
   */
  user(request: Request): Promise<ActingUser & WithInstance<Modules> & WithUser<Modules>>;
}

/** A client that acts as the user of a page. */
export interface WithUser<Modules extends ApiModules> {
  readonly user: BoundModules<Modules> & AuthenticatedFetch & HasContext;
}

/** Options for requests that the app receives. */
export interface ReceiveOptions {
  /** Options of webhooks. */
  readonly webhooks?: WebhookOptions | undefined;
  /** Options of service plugins. */
  readonly servicePlugins?: ServicePluginOptions | undefined;
  /** Options of pages. */
  readonly pages?: PageOptions | undefined;
  /**
   * Called with each request that `fetch`, `authenticate`, `webhooks` or `servicePlugins` refuses; `false` reports
   * none. Default: one line on stderr for each reason and minute.
   */
  readonly onRefused?: OnRefused | undefined;
}

/** The names of {@link ReceiveOptions}. */
export const receiveOptions: OptionNames<ReceiveOptions> = {
  ...{ webhooks: null, servicePlugins: null, pages: null, onRefused: null },
};
const webhookOptionNames: OptionNames<WebhookOptions> = {
  ...{ issuer: null, handledEvents: null, ack: null, waitUntil: null, onUnhandled: null, onError: null },
};
const servicePluginOptions: OptionNames<ServicePluginOptions> = { issuer: null, onError: null };
const pageRule: OptionNames<PageRule> = { visitors: null };
const pageOptions: OptionNames<PageOptions> = { secrets: null, maxAge: null };

/**
 * Checks the names of options within options.
 *
 * @throws {LatchkeyError} `invalid_option`
 */
export function requireKnownReceiving({
  pages = {},
  servicePlugins = {},
  webhooks = {},
}: ReceiveOptions): void {
  requireKnown("webhooks of createApp", webhooks, webhookOptionNames);
  requireKnown("servicePlugins of createApp", servicePlugins, servicePluginOptions);
  requireKnown("pages of createApp", pages, pageOptions);
}

/** Receives requests from the platform. */
export interface Receiver<Modules extends ApiModules> {
  /** Handlers of webhooks. */
  readonly webhooks: Webhooks<WithInstance<Modules>>;
  /** Methods of service plugins. */
  readonly servicePlugins: ServicePlugins<WithInstance<Modules>>;
  readonly authenticate: Authenticate<Modules>;
  /**
   * Handles a request from the platform: a webhook goes to its handlers, a service plugin call to its method. The
   * status is 200 when they succeed, 401 when the request is not valid, and 500 when a handler fails, so that the
   * platform retries the webhook. It works without `this`.
   */
  fetch(request: Request): Promise<Response>;
}

/** Creates the clients that handlers use. */
interface Handles<Modules extends ApiModules> {
  instance(instanceId: string): InstanceHandle<Modules>;
  byToken(accessToken: string, instanceId: string): WithUser<Modules>["user"];
}

export function createReceiver<Modules extends ApiModules>(
  connection: Connection,
  { auth, handles, options }: { auth: AppAuth; handles: Handles<Modules>; options: ReceiveOptions },
): Receiver<Modules> {
  const { incoming } = connection;
  // Created on access, because most handlers call no API.
  const of = (instanceId: string): WithInstance<Modules> => ({
    get instance() {
      return handles.instance(instanceId);
    },
  });
  const { pages = {}, servicePlugins: pluginOptions = {}, webhooks: webhookOptions = {} } = options;
  const { issuer = incoming.issuer } = webhookOptions;
  const refused = createRefusedReport(options.onRefused, incoming.clock);
  const webhookReceiver = createWebhooks({
    ...incoming,
    issuer,
    refused: (error) => refused("webhook", error),
    options: webhookOptions,
    extend: ({ instanceId }) => of(instanceId),
  });
  const pluginReceiver = createServicePlugins({
    ...incoming,
    refused: (error) => refused("service-plugin", error),
    options: pluginOptions,
    extend: ({ metadata }) => of(metadata.instanceId),
  });
  const { webhooks } = webhookReceiver;
  const { servicePlugins } = pluginReceiver;
  const check = {
    appId: auth.appId,
    clock: incoming.clock,
    maxAge: pages.maxAge,
    secrets: pages.secrets ?? [auth[readSecret]()].filter((secret) => secret !== ""),
  };
  return {
    webhooks: webhooks as Webhooks<WithInstance<Modules>>,
    servicePlugins: servicePlugins as ServicePlugins<WithInstance<Modules>>,
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
        requireKnown("authenticate.page", rule, pageRule);
        const viewer = await reporting(
          (error) => refused("page", error),
          () => authenticatePage(request, rule, check),
        );
        return Object.assign(of(viewer.instanceId), viewer);
      },
      async user(request: Request) {
        const user = await reporting(
          (error) => refused("user", error),
          () => authenticateUser(request, { appId: auth.appId, connection }),
        );
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
        refused("request", error);
        return errorResponseFor(error);
      }
      return kindOf(body) === servicePluginType
        ? await respondToServicePlugin(pluginReceiver, pluginOptions, { url: request.url, body })
        : await respondToWebhook(webhookReceiver, webhookOptions, body);
    },
  };
}
