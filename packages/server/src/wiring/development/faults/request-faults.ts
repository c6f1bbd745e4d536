import { canonicalGuid } from "@latchkey/protocol";
import { type Endpoint, jsonResponse } from "../../../infrastructure/http/index.ts";
import { isReservedPath } from "../../stub-resource.ts";
import type { Fault, FaultTarget } from "./fault.ts";
import type { FaultSubject, Faults } from "./faults.ts";

/** Names the fault in the responses that it makes. */
const faultHeader = "x-latchkey-fault";

/**
 * Wraps an endpoint with the faults of the token endpoint and of API calls. They apply to requests with a connection, not to
 * calls of the test kit in the same process.
 */
export function withRequestFaults(faults: Faults, endpoint: Endpoint): Endpoint {
  return async (request, exchange) => {
    const target = exchange.resetConnection && targetOf(request);
    if (target === undefined) return await endpoint(request, exchange);
    const subject = faults.isLimited(target) ? await subjectOf(target, request) : {};
    for (const fault of faults.take(target, subject)) {
      if (fault.latency !== undefined) await faults.wait(fault.latency);
      if (fault.status !== undefined) return failure(target, fault, fault.status);
      if (fault.reset) {
        exchange.resetConnection?.();
        return failure(target, fault, 503);
      }
    }
    return await endpoint(request, exchange);
  };
}

function targetOf(request: Request): FaultTarget | undefined {
  const { pathname } = new URL(request.url);
  if (pathname === "/oauth2/token" || pathname === "/oauth/access") return "token";
  return request.headers.has("authorization") && !isReservedPath(pathname) ? "api" : undefined;
}

async function subjectOf(target: FaultTarget, request: Request): Promise<FaultSubject> {
  const claims = target === "token" ? await readParameters(request) : readToken(request.headers);
  const id = (name: string): string | undefined => canonicalGuid(String(claims[name]));
  return { appId: id("client_id"), instanceId: id("instance_id") };
}

type Fields = Readonly<Record<string, unknown>>;

/** The parameters of a token request, without checks: the endpoint makes them. */
async function readParameters(request: Request): Promise<Fields> {
  const [, basic = ""] = /^basic (.+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  const [clientId] = Buffer.from(basic, "base64").toString().split(":");
  const text = await request.clone().text();
  const isForm = request.headers.get("content-type")?.includes("x-www-form-urlencoded");
  const given = isForm ? Object.fromEntries(new URLSearchParams(text)) : parseFields(text);
  return { ...(clientId && { client_id: clientId }), ...given };
}

/** The claims of an access token, without a check of its signature. */
function readToken(headers: Headers): Fields {
  const [, payload = ""] = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(tokenOf(headers)) ?? [];
  return parseFields(Buffer.from(payload, "base64url").toString());
}

function tokenOf(headers: Headers): string {
  return (headers.get("authorization") ?? "").replace(/^bearer\s+/i, "").replace("OauthNG.JWS.", "");
}

function parseFields(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
}

const description = "A fault of POST /admin/v1/dev/faults.";
const apiCodes: Readonly<Record<number, string>> = {
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
};

/** The response of a fault, in the form of the errors of its target. */
function failure(target: FaultTarget, { faultId, retryAfter }: Fault, status: number): Response {
  const headers = {
    [faultHeader]: faultId,
    ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
  };
  if (target === "token") {
    const error =
      status === 503 ? "temporarily_unavailable" : status < 500 ? "invalid_request" : "server_error";
    return jsonResponse({ error, error_description: description }, { status, headers });
  }
  if (status >= 500) return jsonResponse({ message: "", details: {} }, { status, headers });
  const applicationError = { code: apiCodes[status] ?? "FAULT", description, data: {} };
  return jsonResponse({ message: description, details: { applicationError } }, { status, headers });
}
