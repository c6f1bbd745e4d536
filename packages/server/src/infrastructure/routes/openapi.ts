import type { OpenApiGeneratorV31, RouteConfig } from "@asteasolutions/zod-to-openapi";
import { z } from "zod";
import { type ApiErrorCode, apiErrors } from "../errors/index.ts";
import { managementPath, type Route } from "./route.ts";

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = ReturnType<OpenApiGeneratorV31["generateDocument"]>;

const securityScheme = "apiKey";

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
  .meta({ id: "Error", description: "Either applicationError or validationError says what was refused" });

/** A route as the document holds it. */
function describeRoute(route: Route): RouteConfig {
  const path = managementPath + route.path;
  const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const { body, query } = route;
  const headers = z.object({
    "Idempotency-Key": z
      .string()
      .min(1)
      .max(255)
      .optional()
      .meta({ description: "The same key on a repeated request gets the first answer, for 24 hours" }),
  });
  return {
    method: route.method,
    path,
    operationId: route.operationId,
    summary: route.summary,
    description: `Needs the scope \`${route.scope}\`.`,
    tags: [route.tag],
    security: [{ [securityScheme]: [] }],
    request: {
      ...(ids.length > 0
        ? { params: z.object(Object.fromEntries(ids.map((name) => [name, route.names?.[name] ?? z.guid()]))) }
        : {}),
      ...(query ? { query } : {}),
      ...(body
        ? { body: { content: { "application/json": { schema: body } }, required: needsFields(body) } }
        : {}),
      ...(route.method === "post" ? { headers } : {}),
    },
    responses: {
      200: { description: "Done", content: { "application/json": { schema: route.answer } } },
      ...refusals(route),
    },
    "x-latchkey-scope": route.scope,
  };
}

function needsFields(body: z.ZodObject): boolean {
  return !body.safeParse({}).success;
}

/** What codes that other surfaces share mean here. */
const ownTexts: { readonly [code in ApiErrorCode]?: string } = {
  UNAUTHENTICATED: "A valid API key is required, as Authorization: Bearer <key>.",
  PERMISSION_DENIED: "The API key lacks the scope, or is bound to one app.",
};

/** Every refusal of a route by status, with the codes that come with it. */
function refusals(route: Route): RouteConfig["responses"] {
  const codes = new Set<ApiErrorCode>(["UNAUTHENTICATED", "PERMISSION_DENIED", ...(route.errors ?? [])]);
  if (route.query && "cursor" in route.query.shape) codes.add("INVALID_CURSOR");
  if (route.method === "post") codes.add("IDEMPOTENCY_KEY_REUSED");
  if (route.body) {
    for (const code of ["INVALID_JSON", "DUPLICATE_KEY", "INVALID_UTF8"] as const) codes.add(code);
    for (const code of ["BODY_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"] as const) codes.add(code);
  }
  const texts = new Map<number, string[]>([[400, ["A field or parameter breaks a rule."]]]);
  for (const code of codes) {
    const { status } = apiErrors[code];
    const text = ownTexts[code] ?? apiErrors[code].text;
    texts.set(status, [...(texts.get(status) ?? []), `${code}: ${text}`]);
  }
  const content = { "application/json": { schema: errorBody } };
  return Object.fromEntries(
    [...texts].sort().map(([status, lines]) => [status, { description: lines.join("\n"), content }]),
  );
}

/** What the document says about the server as a whole. */
export interface DocumentFacts {
  readonly publicUrl: string;
  readonly version: string;
  /** Paths of other surfaces, as OpenAPI path items. */
  readonly otherPaths?: OpenApiDocument["paths"];
}

/** All routes, and what else is mounted, as one OpenAPI document. What writes it is loaded when it is asked for. */
export async function openApiDocument(
  routes: readonly Route[],
  facts: DocumentFacts,
): Promise<OpenApiDocument> {
  const { OpenAPIRegistry, OpenApiGeneratorV31 } = await import("@asteasolutions/zod-to-openapi");
  const registry = new OpenAPIRegistry();
  for (const route of routes) registry.registerPath(describeRoute(route));
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "Latchkey",
      version: facts.version,
      description:
        "What apps call: tokens, and the APIs behind them. And the management API: apps, sites, instances and the keys between them; its times are ISO 8601 strings, and a secret appears only in the answer that creates it.",
      license: { name: "Apache-2.0" },
    },
    servers: [{ url: facts.publicUrl }],
  });
  return {
    ...document,
    paths: { ...facts.otherPaths, ...document.paths },
    components: {
      ...document.components,
      securitySchemes: {
        [securityScheme]: { type: "http", scheme: "bearer", bearerFormat: "lka_…" },
        accessToken: { type: "apiKey", in: "header", name: "Authorization" },
      },
    },
  };
}
