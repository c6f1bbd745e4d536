import type { z } from "zod";
import type { ApiErrorCode, ErrorDefinition, OAuthErrorCode } from "../errors/index.ts";
import type { Exchange } from "../http/index.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";

/**
 * Accounts that may call a route of the management API with their sessions: every account; developers; developers of the
 * app, members of the site, or owners of the site that the request is about.
 */
export type AccountRule = "account" | "developer" | "app-developer" | "site-member" | "site-owner";

/** The pages of the dashboard that a portal link can show: those of an app, and those of a site. */
export const portalPages = {
  app: ["overview", "oauth", "permissions", "webhooks", "extensions", "instances", "health", "logs"],
  site: ["apps", "requests"],
} as const;

export type PortalPage = (typeof portalPages)["app" | "site"][number];

/** The portal links that may call a route: those with one of these pages, or every one. */
export type PortalRule = readonly PortalPage[] | "every";

/** Who may call a route. */
export type RouteAccess =
  | { readonly kind: "anyone" }
  /** An app with its ID and secret. The endpoint checks them, because OAuth defines the errors. */
  | { readonly kind: "client" }
  /** A key with a scope, an operator, an account that one of the rules allows, or a portal link. */
  | {
      readonly kind: "api-key";
      readonly scope: string;
      readonly accounts?: readonly AccountRule[];
      readonly portal?: PortalRule | undefined;
    }
  /** An access token with a permission; any access token when none is named. */
  | { readonly kind: "access-token"; readonly permission?: string };

/** A request with the parameters of its path. */
export interface RouteCall {
  readonly request: Request;
  readonly exchange: Exchange;
  /** Decoded path parameters. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A response that a route declares. */
export interface RouteResponse {
  readonly description: string;
  /** Absent when the response has no body. */
  readonly schema?: z.ZodType;
  /** Default: `application/json`. */
  readonly contentType?: string;
  /** Headers of the response by name, each with its description. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RouteBody {
  readonly schema: z.ZodType;
  /** Default: `["application/json"]`. */
  readonly contentTypes?: readonly string[];
  /** Default: whether the schema rejects `{}`. */
  readonly required?: boolean;
}

/** An operation of the HTTP API. The router mounts it, and the OpenAPI document is generated from it. */
export interface Route {
  readonly method: Method;
  /** Path with parameters in braces: `/apps/{appId}`. A last parameter with `*`, as in `/files/{path*}`, matches the rest, which may be empty. */
  readonly path: string;
  /** Other paths of the operation, with the same parameters. */
  readonly aliases?: readonly string[];
  readonly access: RouteAccess;
  /** The section in the reference. */
  readonly tag: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  /** Schemas of path parameters. Default for each: a GUID. */
  readonly parameters?: Readonly<Record<string, z.ZodType>>;
  readonly query?: z.ZodObject | undefined;
  readonly headers?: z.ZodObject | undefined;
  readonly body?: RouteBody | undefined;
  /** Example body in the reference. Default: generated from the schema. */
  readonly example?: unknown;
  /** Responses by status other than errors. */
  readonly responses: Readonly<Record<number, RouteResponse>>;
  /** Errors besides those that `access` and `body` imply. */
  readonly errors?: readonly (ApiErrorCode | ErrorDefinition)[];
  /** Errors in the format of OAuth (RFC 6749 §5.2), instead of `errors`. */
  readonly oauthErrors?: readonly OAuthErrorCode[];
  /** Whether error responses are HTML pages. Default: JSON. */
  readonly errorPages?: boolean;
  /** Authorizes the caller as `access` declares, and responds. */
  respond(call: RouteCall): Promise<Response>;
}
