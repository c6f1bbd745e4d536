import { z } from "zod";
import { parseDuration } from "../../../infrastructure/clock/index.ts";
import { change, list, type ManagementRoute, pageOf } from "../../../infrastructure/management/index.ts";
import { guid, parse, text } from "../../../infrastructure/routes/index.ts";
import { effectsOf, type Fault, type FaultRule, type NewFault, namedEffects } from "./fault.ts";
import type { Faults } from "./faults.ts";

const maxLatency = 60_000;

/** Milliseconds, or a text such as `"2s"`; converted to milliseconds. */
function duration(max: number, shown: string): z.ZodType<number, number | string> {
  const rule = `must be whole milliseconds, or a number and ms, s, m, h or d such as "2s", at most ${shown}`;
  return z.union([z.number(), z.string()]).transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== undefined && ms <= max) return ms;
    context.addIssue({ code: "custom", message: rule, params: { rule: "FORMAT" } });
    return z.NEVER;
  });
}

const probability = z.number().refine((chance) => chance > 0 && chance <= 1, {
  message: "must be above 0 and at most 1",
  params: { rule: "VALIDATION" },
});

const faultFields = {
  target: z.enum(["token", "api", "delivery"]).meta({
    description:
      "token: the token endpoint. api: calls with an access token. delivery: webhooks that the platform sends",
  }),
  latency: duration(maxLatency, "60s").optional().meta({
    description: "Of token and api: real time before the request is handled, such as 2s; at most 60s",
  }),
  status: z.int().min(400).max(599).optional().meta({ description: "Of token and api: the response" }),
  retryAfter: z.int().min(0).max(86_400).optional().meta({
    description: "With status: the header Retry-After, in seconds",
  }),
  reset: z.literal(true).optional().meta({
    description: "Of token and api: the connection is reset without a response",
  }),
  duplicate: z.literal(true).optional().meta({
    description: "Of delivery: the same request is sent twice, one after the other",
  }),
  reorder: z.literal(true).optional().meta({
    description:
      "Of delivery: sent after the next one to the same webhook, at the latest a minute later by the platform's clock",
  }),
  delay: duration(Number.POSITIVE_INFINITY, "400d").optional().meta({
    description: "Of delivery: sent later by the platform's clock, such as 10m; at most 400d",
  }),
  corruptSignature: z.literal(true).optional().meta({
    description: "Of delivery: sent with wrong signatures in body and header",
  }),
  times: z.int().min(1).max(1_000_000).optional().meta({
    description: "How often it happens. Default: until the faults are deleted",
  }),
  probability: probability.optional().meta({
    description: "The chance of each request or delivery, above 0 and at most 1. Default: 1",
  }),
  seed: text(100).optional().meta({
    description: "With probability: the same seed gives the same choices. Default: latchkey",
  }),
  appId: guid.optional().meta({ description: "Only requests and deliveries of this app" }),
  instanceId: guid.optional().meta({ description: "Only requests and deliveries of this instance" }),
  eventType: text(150).optional().meta({ description: "Of delivery: only events of this type" }),
};

const faultInput = z.strictObject(faultFields).superRefine((fault, context) => {
  for (const [field, message] of violationsOf(fault)) {
    context.addIssue({ code: "custom", path: [field], message, params: { rule: "VALIDATION" } });
  }
});

/** What is wrong with the fields together: the field and the rule. */
function violationsOf(fault: FaultRule): (readonly [keyof NewFault, string])[] {
  const allowed = effectsOf[fault.target];
  const named = namedEffects(fault);
  const foreign = named.filter((effect) => !allowed.includes(effect));
  const list = allowed.join(", ");
  return [
    ...foreign.map((effect) => [effect, `is no effect of ${fault.target}, which has ${list}`] as const),
    ...(foreign.length === 0 && named.length !== 1
      ? [["target", `needs exactly one of ${list}, such as ${examples[fault.target]}`] as const]
      : []),
    ...(fault.retryAfter !== undefined && fault.status === undefined
      ? [["retryAfter", "needs a status"] as const]
      : []),
    ...(fault.seed !== undefined && fault.probability === undefined
      ? [["seed", "needs a probability"] as const]
      : []),
    ...(fault.eventType !== undefined && fault.target !== "delivery"
      ? [["eventType", "is only for the target delivery"] as const]
      : []),
  ];
}

const examples = {
  token: '{"target":"token","status":503,"times":3}',
  api: '{"target":"api","status":429,"retryAfter":1,"times":1}',
  delivery: '{"target":"delivery","duplicate":true,"times":1}',
};

/** Checks a fault. Throws violations. */
export function readFault(fault: unknown): FaultRule {
  return parse(faultInput, fault, "body");
}

const faultResponse: z.ZodType<Fault, Fault> = z
  .object({
    faultId: z.guid(),
    ...faultFields,
    ...{ latency: z.int().optional(), delay: z.int().optional() },
    ...{ appId: z.guid().optional(), instanceId: z.guid().optional() },
    applied: z.int().meta({ description: "How often it has happened" }),
  })
  .meta({
    id: "Fault",
    description: "What a development server does wrong on purpose; times are in milliseconds",
  });

const tag = "Development";

/** Adds, lists and deletes faults. */
export function faultRoutes(faults: Faults): readonly ManagementRoute[] {
  return [
    list({
      path: "/dev/faults",
      tag,
      operationId: "listFaults",
      summary: "List the faults, oldest first",
      scope: "development",
      item: faultResponse,
      find: async ({ page }) => pageOf(faults.list(), page, ({ faultId }) => faultId),
      position: ({ faultId }) => faultId,
      show: (fault) => fault,
    }),
    change({
      method: "POST",
      path: "/dev/faults",
      tag,
      operationId: "addFault",
      summary:
        "Make the token endpoint, API calls or deliveries fail, to test how an app reacts; at most 100 faults",
      scope: "development",
      example: { target: "delivery", duplicate: true, times: 1 },
      errors: ["TOO_MANY_FAULTS"],
      body: faultInput,
      response: faultResponse,
      handle: async ({ body }) => faults.add(body),
    }),
    change({
      method: "DELETE",
      path: "/dev/faults",
      tag,
      operationId: "deleteFaults",
      summary: "Delete every fault",
      scope: "development",
      response: z.object({}),
      async handle() {
        faults.clear();
        return {};
      },
    }),
  ];
}
