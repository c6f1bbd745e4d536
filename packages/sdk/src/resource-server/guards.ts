import { setAccess } from "./access.ts";
import { AccessRefused } from "./access-refused.ts";
import type { NodeHeaders, TokenCarrier } from "./read-token.ts";
import type { ResourceServer } from "./resource-server.ts";

// The parts of the frameworks' types that guards use. This package does not depend on the frameworks.

interface HonoContext {
  readonly req: { readonly raw: Request };
}

interface ExpressRequest {
  readonly headers: NodeHeaders;
  readonly rawHeaders: readonly string[];
}

interface ExpressResponse {
  readonly headersSent: boolean;
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

interface FastifyRequest {
  readonly headers: NodeHeaders;
  readonly raw: { readonly rawHeaders: readonly string[] };
}

interface FastifyReply {
  code(status: number): unknown;
  headers(headers: Readonly<Record<string, string>>): unknown;
  send(body: string): unknown;
}

/** A middleware for Hono. */
export type HonoGuard = (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined>;
/** A middleware for Express. */
export type ExpressGuard = (
  request: ExpressRequest,
  response: ExpressResponse,
  next: (error?: unknown) => void,
) => void;
/** A hook for Fastify: `preHandler` or an earlier one. */
export type FastifyGuard = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/**
 * Creates a middleware for Hono that requires a valid token. The handler reads the caller with `accessOf(c)`.
 *
 * @param permission the required permission. Default: none, any valid token is accepted
 * @example
 * import { accessOf, createResourceServer, honoGuard } from "@latchkey/sdk/resource-server";
 * import { Hono } from "hono";
 *
 * const bookings = createResourceServer({
 *   issuer: "https://platform.example",
 *   audience: "https://api.example.com/bookings",
 *   apiKey: process.env.LATCHKEY_API_KEY ?? "",
 * });
 * const app = new Hono().get("/bookings", honoGuard(bookings, "BOOKINGS.READ"), (c) =>
 *   c.json({ site: accessOf(c).siteId }),
 * );
 */
export function honoGuard(server: ResourceServer, permission?: string): HonoGuard {
  return async (context, next) => {
    const error = await accessErrorOf(server, { subject: context, carrier: context.req.raw, permission });
    if (error !== undefined) return error.toResponse();
    await next();
    return undefined;
  };
}

/**
 * Creates a middleware for Express that requires a valid token. The handler reads the caller with
 * `accessOf(request)`.
 *
 * @param permission the required permission. Default: none, any valid token is accepted
 * @example
 * import { accessOf, createResourceServer, expressGuard } from "@latchkey/sdk/resource-server";
 * import express from "express";
 *
 * const bookings = createResourceServer({
 *   issuer: "https://platform.example",
 *   audience: "https://api.example.com/bookings",
 *   apiKey: process.env.LATCHKEY_API_KEY ?? "",
 * });
 * express().get("/bookings", expressGuard(bookings, "BOOKINGS.READ"), (request, response) => {
 *   response.json({ site: accessOf(request).siteId });
 * });
 */
export function expressGuard(server: ResourceServer, permission?: string): ExpressGuard {
  return (request, response, next) => {
    accessErrorOf(server, { subject: request, carrier: request, permission })
      .then((error) => {
        if (error === undefined) return next();
        // Another middleware, such as a timeout, can have sent a response already.
        if (response.headersSent) return;
        response.statusCode = error.status;
        for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
        response.end(JSON.stringify(error.body));
      })
      // An unhandled rejection would end the process.
      .catch(next);
  };
}

/**
 * Creates a hook for Fastify that requires a valid token. The handler reads the caller with `accessOf(request)`.
 *
 * @param permission the required permission. Default: none, any valid token is accepted
 * @example
 * import { accessOf, createResourceServer, fastifyGuard } from "@latchkey/sdk/resource-server";
 * import { fastify } from "fastify";
 *
 * const bookings = createResourceServer({
 *   issuer: "https://platform.example",
 *   audience: "https://api.example.com/bookings",
 *   apiKey: process.env.LATCHKEY_API_KEY ?? "",
 * });
 * const onRequest = fastifyGuard(bookings, "BOOKINGS.READ");
 * fastify().get("/bookings", { onRequest }, async (request) => ({ site: accessOf(request).siteId }));
 */
export function fastifyGuard(server: ResourceServer, permission?: string): FastifyGuard {
  return async (request, reply) => {
    const { rawHeaders } = request.raw;
    const carrier = { headers: request.headers, rawHeaders };
    const error = await accessErrorOf(server, { subject: request, carrier, permission });
    if (error === undefined) return undefined;
    reply.code(error.status);
    reply.headers(error.headers);
    reply.send(JSON.stringify(error.body));
    // Fastify waits for the response when the hook returns the reply.
    return reply;
  };
}

interface Guarded {
  /** The object that the handler passes to `accessOf`. */
  readonly subject: object;
  readonly carrier: TokenCarrier;
  readonly permission: string | undefined;
}

async function accessErrorOf(server: ResourceServer, guarded: Guarded): Promise<AccessRefused | undefined> {
  try {
    setAccess(guarded.subject, await server.require(guarded.carrier, guarded.permission));
    return undefined;
  } catch (error) {
    if (error instanceof AccessRefused) return error;
    throw error;
  }
}
