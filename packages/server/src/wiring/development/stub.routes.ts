import { parseStrictJson } from "@latchkey/protocol";
import { recordCalls, requireAccess, type TokenDependencies } from "../../features/tokens/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { jsonResponse, readText } from "../../infrastructure/http/index.ts";
import type { Log } from "../../infrastructure/observability/index.ts";
import {
  type Access,
  permissionDenied,
  type Route,
  type RouteCall,
} from "../../infrastructure/routes/index.ts";
import type { NamedStub } from "../stub-resource.ts";
import { toResponse } from "./stub-response.ts";

export interface StubRouteDependencies {
  readonly log: Log;
  readonly tokens: TokenDependencies;
}

const maxBodyBytes = 1_024 * 1_024;

/** Creates the route of a stub, which checks the access token and runs the stub. */
export function stubRoute(deps: StubRouteDependencies, stub: NamedStub): Route {
  return recordCalls(deps.tokens, {
    method: stub.method,
    path: stub.path,
    access: { kind: "access-token", ...(stub.permission && { permission: stub.permission }) },
    tag: "Stubs",
    operationId: stub.name,
    summary: "Call a stub",
    responses: { 200: { description: "The response of the stub" } },
    async respond(call) {
      const { exchange, parameters, request } = call;
      const access = await requireStubAccess(deps.tokens, call, stub.permission);
      const body = await readAnyBody(request);
      const failed = (what: string, error: unknown): Response => {
        const stack = error instanceof Error ? error.stack : undefined;
        deps.log.error({ requestId: exchange.requestId, stub: stub.name, stack }, `stub ${what}`);
        return failure(`The stub ${stub.name} ${what}. The log has the stack.`);
      };
      let result: unknown;
      try {
        result = await stub.respond({ request, parameters, access, body });
      } catch (error) {
        return failed("threw an error", error);
      }
      try {
        return await toResponse(result);
      } catch (error) {
        return failed("returned neither JSON, { status, body } nor a Response of at most 1 MiB", error);
      }
    },
  });
}

/** Checks the access token. The error for a permission without a scope explains how to create one. */
async function requireStubAccess(
  tokens: TokenDependencies,
  call: RouteCall,
  permission: string | undefined,
): Promise<Access> {
  try {
    return await requireAccess(tokens, call, permission);
  } catch (error) {
    const denied = error instanceof ApiError && error.code === "PERMISSION_DENIED";
    if (!denied || permission === undefined || (await tokens.queries.scopesWith(permission)).length > 0)
      throw error;
    const advice =
      "No scope has it: create it with POST /admin/v1/permissions and a scope with POST /admin/v1/scopes.";
    throw permissionDenied(permission, { advice });
  }
}

async function readAnyBody(request: Request): Promise<unknown> {
  const text = await readText(request, maxBodyBytes);
  if (text === "") return undefined;
  if (!/^application\/(.+\+)?json\b/i.test(request.headers.get("content-type") ?? "")) return text;
  const parsed = parseStrictJson(text);
  if ("fault" in parsed) throw new ApiError(parsed.fault);
  return parsed.value;
}

/** A 500 with a text, unlike the 500 of other routes. */
function failure(message: string): Response {
  return jsonResponse({ message, details: {} }, { status: 500 });
}
