import { z } from "zod";
import { ValidationError } from "../../infrastructure/errors/index.ts";
import {
  type AccessGuard,
  dottedName,
  type Method,
  permissionDenied,
  type Route,
  readQuery,
  resourceIdentifier,
} from "../../infrastructure/routes/index.ts";
import { nothingPermitted } from "../tokens/index.ts";

interface Dependencies {
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
const headerQuestion = z.object({
  "x-latchkey-resource": resourceIdentifier,
  "x-latchkey-permission": dottedName.optional(),
});

/**
 * Answers proxies that ask whether a request may pass, by its `Authorization`: 200 and as whom, else 401 or 403.
 *
 * `GET /forward-auth?resource=…&permission=…` serves nginx, Caddy, HAProxy and Traefik, which call a fixed address.
 * Envoy calls with the method, the path and the query of its client behind the prefix `/forward-auth/by-headers`; there
 * the query is the client's word, so the question stands in the headers `x-latchkey-resource` and
 * `x-latchkey-permission`, which Envoy sets. Nobody reaches that by a slash too much behind `/forward-auth`.
 */
export function forwardAuthRoutes(deps: Dependencies): readonly Route[] {
  const shared = {
    access: { kind: "access-token" },
    tag: "Tokens",
    responses: { 200: { description: "The request may pass; the headers name its instance", headers } },
  } as const;
  const byHeaders = (method: Method): Route => ({
    ...shared,
    method,
    path: "/forward-auth/by-headers",
    aliases: ["/forward-auth/by-headers/{path*}"],
    parameters: { path: z.string() },
    operationId: `forwardAuthByHeaders${method}`,
    summary: "Decide for Envoy whether a request may pass, by its access token",
    headers: headerQuestion,
    respond: ({ request }) => answer(deps, request, readHeaders(request.headers)),
  });
  return [
    {
      ...shared,
      method: "GET",
      path: "/forward-auth",
      operationId: "forwardAuth",
      summary: "Decide for a proxy whether a request may pass, by its access token",
      query: question,
      respond: ({ request }) => answer(deps, request, readQuery(question, request.url)),
    },
    ...(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const).map(byHeaders),
  ];
}

const headers = {
  "x-latchkey-app": "App ID",
  "x-latchkey-instance": "The instance that the token acts as",
  "x-latchkey-site": "The site of the instance",
  "x-latchkey-subject": "The user that the token acts as, or the App ID",
  "x-latchkey-permissions": "Permissions of the token, separated by commas",
};

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

async function answer(deps: Dependencies, request: Request, asked: Question): Promise<Response> {
  const access = await deps.guard.admit(request, asked.resource ?? deps.publicUrl);
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
