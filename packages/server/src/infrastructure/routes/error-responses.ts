import type { RouteConfig } from "@asteasolutions/zod-to-openapi";
import { z } from "zod";
import {
  type ApiErrorCode,
  apiErrors,
  definitionOf,
  type ErrorDefinition,
  type OAuthErrorCode,
  oauthErrors,
} from "../errors/index.ts";
import type { Route, RouteAccess } from "./route.ts";

const errorBody = z
  .object({
    message: z.string(),
    details: z.object({
      applicationError: z
        .object({ code: z.string(), description: z.string(), data: z.record(z.string(), z.unknown()) })
        .optional(),
      validationError: z
        .object({
          fieldViolations: z.array(
            z.object({
              field: z.string(),
              description: z.string(),
              violatedRule: z.string(),
              data: z.record(z.string(), z.unknown()).optional(),
            }),
          ),
        })
        .optional(),
    }),
  })
  .meta({ id: "Error", description: "applicationError or validationError describes the error" });

const oauthErrorBody = z
  .object({
    error: z.string(),
    error_description: z.string(),
    reason: z.string().optional().meta({ description: "With invalid_grant at /oauth/access: the reason" }),
  })
  .meta({ id: "OAuthError", description: "An error response of OAuth (RFC 6749 §5.2)" });

/** Errors that each kind of access implies. */
const accessErrors: Readonly<Record<RouteAccess["kind"], Readonly<Partial<Record<ApiErrorCode, string>>>>> = {
  anyone: {},
  client: {},
  "api-key": {
    UNAUTHENTICATED: "A valid API key is required, as Authorization: Bearer <key>.",
    PERMISSION_DENIED: "The API key lacks the scope, or is bound to one app; or the account lacks the role.",
  },
  "access-token": {
    UNAUTHENTICATED: apiErrors.UNAUTHENTICATED.text,
    PERMISSION_DENIED: apiErrors.PERMISSION_DENIED.text,
    RESOURCE_EXHAUSTED: apiErrors.RESOURCE_EXHAUSTED.text,
    EVENT_QUOTA_EXCEEDED: apiErrors.EVENT_QUOTA_EXCEEDED.text,
  },
};

const bodyErrors: readonly ApiErrorCode[] = [
  "INVALID_JSON",
  "DUPLICATE_KEY",
  "INEXACT_NUMBER",
  "INVALID_UTF8",
  "BODY_TOO_LARGE",
  "BODY_TIMEOUT",
  "UNSUPPORTED_MEDIA_TYPE",
];

const unexpected = "An unexpected error; the log has an entry with the request id.";

/** The error responses of a route by status, with their codes. */
export function errorResponses(route: Route): RouteConfig["responses"] {
  const { body, oauthErrors: errors } = route;
  if (errors === undefined) return apiErrorResponses(route);
  return oauthErrorResponses(errors, body === undefined ? [405] : [405, 408, 413, 415]);
}

function apiErrorResponses(route: Route): RouteConfig["responses"] {
  const implied = accessErrors[route.access.kind];
  const errors = new Set<ApiErrorCode | ErrorDefinition>([
    ...(Object.keys(implied) as ApiErrorCode[]),
    ...(route.errors ?? []),
    ...(route.body === undefined ? [] : bodyErrors),
    "INTERNAL",
    "UNAVAILABLE",
  ]);
  const lines = new Map<number, string[]>();
  const takesInput = route.query ?? route.body ?? route.headers ?? /\{/.exec(route.path);
  if (takesInput) lines.set(400, ["A field or parameter breaks a rule."]);
  for (const error of errors) {
    const { code, status, text } = definitionOf(error);
    const line = `${code}: ${implied[code as ApiErrorCode] ?? (text || unexpected)}`;
    lines.set(status, [...(lines.get(status) ?? []), line]);
  }
  return route.errorPages
    ? responsesOf(lines, { "text/html": { schema: z.string() } })
    : responsesOf(lines, json(errorBody));
}

function json(schema: z.ZodType): Content {
  return { "application/json": { schema } };
}

/** @param invalid statuses with the error `invalid_request`, for a wrong method or body */
function oauthErrorResponses(
  errors: readonly OAuthErrorCode[],
  invalid: readonly number[],
): RouteConfig["responses"] {
  const lines = new Map<number, string[]>(invalid.map((status) => [status, ["invalid_request"]]));
  if (errors.includes("invalid_client")) lines.set(429, ["invalid_client, after too many failures"]);
  for (const error of [...errors, "temporarily_unavailable", "server_error"] as const) {
    const status = oauthErrors[error];
    lines.set(status, [...(lines.get(status) ?? []), error]);
  }
  return responsesOf(lines, json(oauthErrorBody));
}

type Content = Readonly<Record<string, { readonly schema: z.ZodType }>>;

function responsesOf(
  lines: ReadonlyMap<number, readonly string[]>,
  content: Content,
): RouteConfig["responses"] {
  return Object.fromEntries(
    [...lines]
      .sort(([a], [b]) => a - b)
      .map(([status, texts]) => [status, { description: texts.join("\n"), content }]),
  );
}
