import {
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { version } from "./version.ts";

/** Does nothing, unless the process has registered an SDK of OpenTelemetry. */
const tracer = trace.getTracer("@latchkey/server", version);

export interface IncomingRequest {
  readonly request: Request;
  /** Whether to use the `traceparent` of the peer, which decides whether the request is recorded. */
  readonly isTrusted: () => boolean;
}

const incoming = {
  get: ({ isTrusted, request }: IncomingRequest, name: string) =>
    isTrusted() ? (request.headers.get(name) ?? undefined) : undefined,
  keys: () => [],
};

/**
 * Serves a request in a span, which is a child of the span of a trusted caller.
 *
 * @param routeOf returns the path of the route after `serve` has resolved
 */
export async function traceRequest(
  caller: IncomingRequest,
  serve: () => Promise<Response>,
  routeOf: () => string | undefined,
): Promise<Response> {
  const parent = propagation.extract(ROOT_CONTEXT, caller, incoming);
  const span = tracer.startSpan("HTTP", { kind: SpanKind.SERVER }, parent);
  const response = await context.with(trace.setSpan(parent, span), serve);
  if (span.isRecording()) {
    const route = routeOf();
    const { method } = caller.request;
    span.updateName(route === undefined ? method : `${method} ${route}`);
    span.setAttributes({ "http.request.method": method, ...(route && { "http.route": route }) });
    endSpan(span, response.status, 500);
  }
  return response;
}

/** A request to an endpoint of an app. */
export interface OutgoingRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly span?: SpanOptions | undefined;
}

interface SpanOptions {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The `traceparent` of the cause. Default: the current span. */
  readonly parent?: string | null;
}

type Result = { readonly status: number } | { readonly failure: string };

// Baggage stays inside: the endpoint belongs to somebody else.
const outgoing = {
  set(headers: Record<string, string>, name: string, value: string) {
    if (name === "traceparent" || name === "tracestate") headers[name] = value;
  },
};

/** Sends a POST in a span, with headers that pass the trace on. */
export async function tracePost<Sent extends OutgoingRequest, Received extends Result>(
  request: Sent,
  send: (request: Sent) => Promise<Received>,
): Promise<Received> {
  const { name = "POST", parent, attributes = {} } = request.span ?? {};
  const cause = parent ? propagation.extract(ROOT_CONTEXT, { traceparent: parent }) : context.active();
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT }, cause);
  const headers = { ...request.headers };
  propagation.inject(trace.setSpan(cause, span), headers, outgoing);
  const result = await send({ ...request, headers });
  if (span.isRecording()) {
    const address = URL.parse(request.url)?.hostname ?? "";
    span.setAttributes({
      "http.request.method": "POST",
      "server.address": address,
      ...attributes,
    });
    if ("failure" in result) span.setAttribute("error.type", result.failure);
    endSpan(span, "status" in result ? result.status : undefined, 400);
  }
  return result;
}

/** @param failure the first status that counts as one; undefined is a failure too */
function endSpan(span: Span, status: number | undefined, failure: number): void {
  if (status !== undefined) span.setAttribute("http.response.status_code", status);
  if (status === undefined || status >= failure) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** The `traceparent` of the current span; null without one. */
export function traceparent(): string | null {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers.traceparent ?? null;
}

/** The ids of the current span, for a line of the log. */
export function traceIds(): Record<string, string> {
  const current = trace.getActiveSpan()?.spanContext();
  return current === undefined ? {} : { trace_id: current.traceId, span_id: current.spanId };
}
