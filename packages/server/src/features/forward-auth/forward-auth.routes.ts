import { Hono } from "hono";
import { z } from "zod";
import { ValidationError } from "../../infrastructure/errors/index.ts";
import { type HttpEnv, mount } from "../../infrastructure/http/index.ts";
import { dottedName, readQuery, resourceIdentifier } from "../../infrastructure/routes/index.ts";
import { type AccessGuard, nothingPermitted, permissionDenied } from "../tokens/index.ts";

interface Sources {
  readonly guard: AccessGuard;
  /** Audience of the platform's own APIs. */
  readonly publicUrl: string;
}

/** What a proxy asks of a token. */
interface Question {
  /** The API that it is for; the platform's own when absent. */
  readonly resource?: string | undefined;
  /** What it must permit, if anything. */
  readonly permission?: string | undefined;
}

const question = z.strictObject({
  resource: resourceIdentifier.optional(),
  permission: dottedName.optional(),
});
/** Here a resource is never meant by its absence, which would let every token of the platform pass. */
const questionInHeaders = question.required({ resource: true });

/**
 * Answers proxies that ask whether a request may pass, by its `Authorization`: 200 and as whom, else 401 or 403.
 *
 * `GET /forward-auth?resource=…&permission=…` serves nginx, Caddy, HAProxy and Traefik, which call a fixed address.
 * Envoy calls with the method, the path and the query of its client behind the prefix `/forward-auth/by-headers`; there
 * the query is the client's word, so the question stands in the headers `x-latchkey-resource` and
 * `x-latchkey-permission`, which Envoy sets. Nobody reaches that by a slash too much behind `/forward-auth`.
 */
export function forwardAuthRoutes(sources: Sources): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  mount(routes, ["GET", "/forward-auth"], (request) =>
    answer(sources, request, readQuery(question, request.url)),
  );
  routes.all("/forward-auth/by-headers/*", (c) => answer(sources, c.req.raw, readHeaders(c.req.raw.headers)));
  return routes;
}

function readHeaders(headers: Headers): Question {
  const read = questionInHeaders.safeParse({
    resource: headers.get("x-latchkey-resource") ?? undefined,
    permission: headers.get("x-latchkey-permission") ?? undefined,
  });
  if (read.success) return read.data;
  throw new ValidationError([
    {
      field: "headers",
      description: "must have a resource in x-latchkey-resource; x-latchkey-permission may have a permission",
      violatedRule: "FORMAT",
    },
  ]);
}

async function answer(sources: Sources, request: Request, asked: Question): Promise<Response> {
  const access = await sources.guard.admit(request, asked.resource ?? sources.publicUrl);
  const permissions = await access.permissions();
  if (asked.permission !== undefined && !permissions.includes(asked.permission)) {
    throw permissionDenied(asked.permission);
  }
  // An empty header is none to some proxies, and what a client sent under its name would stay.
  if (permissions.length === 0) throw nothingPermitted();
  return new Response(null, {
    headers: {
      // All five each time, so that a proxy which copies them overwrites what a client sent under these names.
      "x-latchkey-app": access.appId,
      "x-latchkey-instance": access.instanceId,
      "x-latchkey-site": access.siteId,
      "x-latchkey-subject": access.userId ?? access.appId,
      "x-latchkey-permissions": permissions.join(","),
      "cache-control": "no-store",
    },
  });
}
