import type { OpenApiGeneratorV31, RouteConfig } from "@asteasolutions/zod-to-openapi";
import { z } from "zod";
import { errorResponses } from "./error-responses.ts";
import { withValues } from "./example-values.ts";
import type { AccountRule, PortalRule, Route, RouteAccess, RouteBody, RouteResponse } from "./route.ts";
import { tagDescriptions } from "./tags.ts";

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = ReturnType<OpenApiGeneratorV31["generateDocument"]>;

export interface DocumentInfo {
  readonly publicUrl: string;
  readonly version: string;
  /** Descriptions of tags besides those of the platform, by name. */
  readonly tags?: Readonly<Record<string, string>>;
}

const securitySchemes = {
  apiKey: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "lka_…",
    description: "A key of the management API",
  },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "__Host-latchkey_session",
    description:
      "The session of an account. Changes must come from a page of the same origin. Over http, the name is `latchkey_session_` and the port",
  },
  portal: {
    type: "apiKey",
    in: "header",
    name: "Latchkey-Portal",
    description:
      "The id of a portal link, whose session is in the cookie `__Host-latchkey_portal_` and the id. The pages of a portal send it",
  },
  accessToken: {
    type: "apiKey",
    in: "header",
    name: "Authorization",
    description: "An access token as it is, or after the scheme `Bearer`",
  },
  client: {
    type: "http",
    scheme: "basic",
    description: "App ID and App secret; the body may contain them instead",
  },
} as const;

const schemeOf = {
  anyone: undefined,
  client: "client",
  "api-key": "apiKey",
  "access-token": "accessToken",
} as const satisfies Record<RouteAccess["kind"], keyof typeof securitySchemes | undefined>;

const description =
  "The endpoints that apps call, and the management API under /admin/v1. Times of the management API are ISO 8601 " +
  "strings. A secret appears only in the response that creates it.\n\n" +
  "Before an operation is reached, any request may get 400 MALFORMED_REQUEST or AMBIGUOUS_PATH, 404 NOT_FOUND, " +
  "405 METHOD_NOT_ALLOWED, 408 REQUEST_TIMEOUT, 431 HEADERS_TOO_LARGE, and in development 421 MISDIRECTED_REQUEST.";

/** Describes routes as one OpenAPI document. The generator is loaded at the first call, because it is large. */
export async function openApiDocument(
  routes: readonly Route[],
  info: DocumentInfo,
): Promise<OpenApiDocument> {
  const { OpenAPIRegistry, OpenApiGeneratorV31 } = await import("@asteasolutions/zod-to-openapi");
  const registry = new OpenAPIRegistry();
  for (const route of routes) {
    for (const operation of describeRoute(route)) registry.registerPath(operation);
  }
  for (const [name, scheme] of Object.entries(securitySchemes)) {
    registry.registerComponent("securitySchemes", name, scheme);
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "Latchkey",
      version: info.version,
      description,
      contact: { name: "Latchkey", url: `${info.publicUrl}/docs` },
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: info.publicUrl }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => {
      const about = info.tags?.[name] ?? tagDescriptions[name];
      return about === undefined ? { name } : { name, description: about };
    }),
  });
}

/** A route at its path and at each alias; the operation ids of aliases have a number. */
function describeRoute(route: Route): RouteConfig[] {
  return [route.path, ...(route.aliases ?? [])].map((path, index) => ({
    ...describeAt(route, path),
    ...(index === 0 ? {} : { operationId: `${route.operationId}_${index + 1}`, summary: sameAs(route) }),
  }));
}

function sameAs({ method, path }: Route): string {
  return `The same as ${method} ${documentedPath(path)}`;
}

function documentedPath(path: string): string {
  return path.replaceAll("*}", "}");
}

function describeAt(route: Route, path: string): RouteConfig {
  const { access, body, headers, parameters, query } = route;
  const names = [...path.matchAll(/\{(\w+)\*?\}/g)].map(([, name = ""]) => name);
  const scheme = schemeOf[access.kind];
  const portal = access.kind === "api-key" && (access.portal ?? []).length > 0;
  return {
    method: methodNames[route.method],
    path: documentedPath(path),
    operationId: route.operationId,
    summary: route.summary,
    description: describeAccess(route),
    tags: [route.tag],
    security: [...securityOf(scheme), ...(portal ? [{ portal: [] }] : [])],
    request: {
      ...(names.length > 0
        ? {
            params: z.object(Object.fromEntries(names.map((name) => [name, parameters?.[name] ?? z.guid()]))),
          }
        : {}),
      ...(query ? { query } : {}),
      ...(headers ? { headers } : {}),
      ...(body ? { body: describeBody(body, route.example) } : {}),
    },
    responses: {
      ...Object.fromEntries(
        Object.entries(route.responses).map(([status, response]) => [status, describeResponse(response)]),
      ),
      ...errorResponses(route),
    },
    ...(access.kind === "api-key"
      ? {
          "x-latchkey-scope": access.scope,
          "x-latchkey-accounts": access.accounts ?? [],
          "x-latchkey-portal": access.portal ?? [],
        }
      : {}),
  };
}

const methodNames = {
  GET: "get",
  POST: "post",
  PUT: "put",
  PATCH: "patch",
  DELETE: "delete",
  OPTIONS: "options",
} as const;

function securityOf(scheme: keyof typeof securitySchemes | undefined): Record<string, string[]>[] {
  if (scheme === undefined) return [];
  return scheme === "apiKey" ? [{ apiKey: [] }, { session: [] }] : [{ [scheme]: [] }];
}

function describeAccess({ access, description: own }: Route): string {
  return [...(own === undefined ? [] : [own]), needs(access)].join(" ");
}

function needs(access: RouteAccess): string {
  switch (access.kind) {
    case "api-key":
      return `Needs the scope \`${access.scope}\`. With a session: ${accountsOf(access.accounts ?? [])}.${portalOf(access.portal)}`;
    case "access-token":
      return access.permission === undefined
        ? "Needs an access token."
        : `Needs the permission \`${access.permission}\`.`;
    case "client":
      return "Needs App ID and App secret.";
    case "anyone":
      return "Needs no credentials.";
  }
}

const accountWords: Readonly<Record<AccountRule, string>> = {
  account: "every account",
  developer: "developers",
  "app-developer": "developers of the app",
  "site-member": "members of the site",
  "site-owner": "owners of the site",
};

function accountsOf(rules: readonly AccountRule[]): string {
  return [...rules.map((rule) => accountWords[rule]), "operators"].join(", ");
}

function portalOf(rule: PortalRule = []): string {
  if (rule === "every") return " With a portal link.";
  return rule.length === 0 ? "" : ` With a portal link that has the page ${rule.join(" or ")}.`;
}

function describeBody({ contentTypes, required, schema }: RouteBody, example: unknown) {
  const media = { schema, ...(example === undefined ? {} : { example: withValues(example) }) };
  return {
    required: required ?? !schema.safeParse({}).success,
    content: Object.fromEntries((contentTypes ?? ["application/json"]).map((type) => [type, media])),
  };
}

function describeResponse({ contentType, description: text, headers, schema }: RouteResponse) {
  return {
    description: text,
    ...(schema === undefined ? {} : { content: { [contentType ?? "application/json"]: { schema } } }),
    ...(headers === undefined
      ? {}
      : {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, meaning]) => [
              name,
              { description: meaning, schema: { type: "string" as const } },
            ]),
          ),
        }),
  };
}
