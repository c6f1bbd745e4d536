import { z } from "zod";
import { type Clock, isoTime } from "../../infrastructure/clock/index.ts";
import type { ServicePluginCallsTable } from "../../infrastructure/database/index.ts";
import { action, list, type ManagementRoute, timeFilters } from "../../infrastructure/management/index.ts";
import { guid, identity, time } from "../../infrastructure/routes/index.ts";
import { componentTypeName } from "../extensions/index.ts";
import { type CallResult, callErrorCodes } from "./call-result.ts";
import type { PluginCaller } from "./caller.ts";
import { listCalls } from "./calls.queries.ts";
import { TestCalls } from "./test-calls.ts";

const tag = "Service plugins";

const errorResponse = z.object({
  code: z.enum(callErrorCodes),
  message: z.string(),
  status: z.int().optional().meta({ description: "HTTP status, when there was a response" }),
  applicationCode: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  retryAt: time.optional().meta({ description: "Time of the next trial of an open circuit" }),
});

const callResult = z.object({
  appId: z.guid(),
  instanceId: z.guid(),
  durationMs: z.int(),
  response: z.record(z.string(), z.unknown()).optional(),
  error: errorResponse.optional(),
});

const callResponse = z
  .object({ requestId: z.string(), results: z.array(callResult) })
  .meta({ id: "ServicePluginResults", description: "The response or the error of each app" });

const testResponse = callResult
  .extend({ requestId: z.string() })
  .meta({ id: "ServicePluginTest", description: "The response or the error of the app" });

const callFields = {
  method: z.string().min(1).max(100),
  request: z.record(z.string(), z.unknown()).default({}),
};

const callBody = z.strictObject({
  siteId: guid,
  componentType: componentTypeName,
  ...callFields,
  metadata: z
    .strictObject({
      requestId: z
        .string()
        .min(1)
        .max(100)
        .regex(/^[\x21-\x7e]+$/, "must be visible ASCII")
        .optional(),
      identity: identity.optional().meta({
        description:
          "Who caused the call. Loops are detected by it: an app that is being called must not cause another call of itself",
      }),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/, "must be three capital letters")
        .optional(),
      languages: z
        .array(z.string().regex(/^[a-z]{2,3}-[A-Z]{2}$/, "must be such as en-US"))
        .min(1)
        .max(20)
        .optional(),
    })
    .optional()
    .meta({
      description: "Default: a new request id, identity UNKNOWN, currency and language of the site",
    }),
});

const storedCallResponse = z
  .object({
    callId: z.guid(),
    requestId: z.string(),
    appId: z.guid(),
    instanceId: z.guid(),
    siteId: z.guid(),
    componentType: z.string(),
    method: z.string(),
    outcome: z.string().meta({ description: "ANSWERED, or the code of the error" }),
    status: z.int().nullable(),
    detail: z.string().nullable(),
    startedAt: time,
    durationMs: z.int(),
  })
  .meta({ id: "ServicePluginCall", description: "A call of one app" });

const callFilters = z.strictObject({
  appId: guid.optional(),
  siteId: guid.optional(),
  instanceId: guid.optional(),
  requestId: z.string().max(100).optional(),
  componentType: componentTypeName.optional(),
  outcome: z.enum(["ANSWERED", ...callErrorCodes]).optional(),
  ...timeFilters,
});

interface Dependencies {
  readonly clock: Clock;
  readonly servicePlugins: PluginCaller;
}

/** Routes that call service plugins, test them, and list past calls. */
export function servicePluginRoutes({
  clock,
  servicePlugins: caller,
}: Dependencies): readonly ManagementRoute[] {
  const testCalls = new TestCalls({ caller, clock });
  return [
    action({
      path: "/service-plugins/call",
      tag,
      operationId: "callServicePlugins",
      summary: "Call every app on a site that implements an interface",
      scope: "service-plugins:call",
      example: {
        siteId: "$SITE_ID",
        componentType: "ECOM_SHIPPING_RATES",
        method: "getShippingRates",
        request: { lineItems: [{ quantity: 1 }] },
      },
      // Large enough for a cart of 500 items, the maximum of the wire protocol.
      bodyLimit: 524_288,
      errors: ["SITE_NOT_FOUND", "SCHEMA_TOO_EXPENSIVE", "RESOURCE_EXHAUSTED"],
      body: callBody,
      response: callResponse,
      async handle({ body }) {
        const { requestId, results } = await caller.call(body);
        return { requestId, results: results.map(showResult) };
      },
    }),
    action({
      path: "/apps/{appId}/extensions/{extensionId}/test",
      tag: "Extensions",
      operationId: "testExtension",
      summary:
        "Call a service plugin of an app for one of its instances, at most 30 times a minute for each app",
      scope: "extensions:write",
      accounts: ["app-developer"],
      example: {
        instanceId: "$INSTANCE_ID",
        method: "getShippingRates",
        request: { lineItems: [{ quantity: 1 }] },
      },
      errors: [
        ...(["EXTENSION_NOT_FOUND", "INSTANCE_NOT_FOUND", "INSTANCE_NOT_INSTALLED", "APP_DISABLED"] as const),
        ...(["SCHEMA_TOO_EXPENSIVE", "RESOURCE_EXHAUSTED"] as const),
      ],
      body: z.strictObject({ instanceId: guid, ...callFields }),
      response: testResponse,
      async handle({ body, db, ids }) {
        const { requestId, result } = await testCalls.call(db, { ...body, ...ids });
        return { requestId, ...showResult(result) };
      },
    }),
    list({
      path: "/service-plugin-calls",
      tag,
      operationId: "listServicePluginCalls",
      summary:
        "List calls of service plugins, newest first; they are kept for 7 days, or as the settings of retention say",
      scope: "service-plugins:read",
      accounts: ["app-developer"],
      portal: ["extensions", "instances", "health", "logs"],
      servesBoundKeys: true,
      item: storedCallResponse,
      filters: callFilters,
      find: ({ db, filters, page, principal }) =>
        listCalls(db, { ...filters, appId: filters.appId ?? principal.appId }, page),
      position: (call) => call.call_id,
      show: showCall,
    }),
  ];
}

function showResult(result: CallResult): z.input<typeof callResponse>["results"][number] {
  if (!("error" in result)) return result;
  const { retryAt, ...error } = result.error;
  return { ...result, error: { ...error, ...(retryAt === undefined ? {} : { retryAt: isoTime(retryAt) }) } };
}

function showCall(call: ServicePluginCallsTable): z.input<typeof storedCallResponse> {
  return {
    callId: call.call_id,
    requestId: call.request_id,
    appId: call.app_id,
    instanceId: call.instance_id,
    siteId: call.site_id,
    componentType: call.component_type,
    method: call.method,
    outcome: call.outcome,
    status: call.status,
    detail: call.detail,
    startedAt: isoTime(call.started_at),
    durationMs: call.duration_ms,
  };
}
