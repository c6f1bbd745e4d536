import type { z } from "zod";
import type { ApiErrorCode, ErrorDefinition, OAuthErrorCode } from "../errors/index.ts";
import type { Exchange } from "../http/index.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";

/** Who may call a route. */
export type RouteAccess =
  | { readonly kind: "anyone" }
  /** An app with its ID and secret; the endpoint checks both, because OAuth has errors of its own for it. */
  | { readonly kind: "client" }
  | { readonly kind: "api-key"; readonly scope: string }
  /** A token with a permission; with any permission when none is named. */
  | { readonly kind: "access-token"; readonly permission?: string };

/** A request with what the router read from its path. */
export interface RouteCall {
  readonly request: Request;
  readonly exchange: Exchange;
  /** Decoded values of the names in the path. */
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

/** The body that a route takes. */
export interface RouteBody {
  readonly schema: z.ZodType;
  /** Default: `["application/json"]`. */
  readonly contentTypes?: readonly string[];
  /** Default: true when the schema refuses `{}`. */
  readonly required?: boolean;
}

/**
 * One operation of the HTTP surface. The router mounts it and the OpenAPI document describes it, both from this
 * definition alone.
 */
export interface Route {
  readonly method: Method;
  /** Full path with names in braces: `/apps/{appId}`. A last name with `*`, as in `/files/{path*}`, takes the rest, which may be empty. */
  readonly path: string;
  /** Other paths with the same names that lead here too. */
  readonly aliases?: readonly string[];
  readonly access: RouteAccess;
  /** Heading in the reference. */
  readonly tag: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  /** Schemas of names in the path. Default for each: a GUID. */
  readonly parameters?: Readonly<Record<string, z.ZodType>>;
  readonly query?: z.ZodObject | undefined;
  readonly headers?: z.ZodObject | undefined;
  readonly body?: RouteBody | undefined;
  /** A body for the example of the reference. Default: made from the schema. */
  readonly example?: unknown;
  /** Responses by status other than errors. */
  readonly responses: Readonly<Record<number, RouteResponse>>;
  /** Errors besides those that `access` and `body` imply. */
  readonly errors?: readonly (ApiErrorCode | ErrorDefinition)[];
  /** Errors as OAuth has them (RFC 6749 §5.2), in place of `errors`. */
  readonly oauthErrors?: readonly OAuthErrorCode[];
  /** Checks the caller as `access` says, and responds. */
  respond(call: RouteCall): Promise<Response>;
}
