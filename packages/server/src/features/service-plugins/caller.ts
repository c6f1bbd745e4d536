import { type ServicePluginClaims, servicePluginLifetime, servicePluginType } from "@latchkey/protocol";
import { createCache } from "../../infrastructure/cache/index.ts";
import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Database, Ids } from "../../infrastructure/database/index.ts";
import { ApiError, ValidationError } from "../../infrastructure/errors/index.ts";
import type { Metrics } from "../../infrastructure/observability/index.ts";
import type { Outbound } from "../../infrastructure/outbound/index.ts";
import { type AppKeyRing, signForApp } from "../apps/index.ts";
import { builtInPluginType, ownPluginType, type PluginMethod, type PluginType } from "../extensions/index.ts";
import type { CallHistory } from "./call-history.ts";
import { completeMetadata, type MetadataInput, type SharedMetadata } from "./call-metadata.ts";
import { type CallFailure, type CallResponse, type CallResult, failure } from "./call-result.ts";
import { createCircuitBreaker } from "./circuit-breaker.ts";
import { createLoopGuard } from "./loop-guard.ts";
import { type ResponseRules, readResponse } from "./read-response.ts";
import { createSchemaChecks } from "./schema-checks.ts";
import { createTargetQueries, type Target } from "./targets.queries.ts";

/** A call of every app on a site that implements a type. */
export interface PluginCall {
  readonly siteId: string;
  readonly componentType: string;
  readonly method: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly metadata?: MetadataInput | undefined;
}

/** Calls the service plugins of apps. */
export interface PluginCaller {
  /**
   * Calls all apps concurrently, each with the time-out of the method. The failure of one app is in its result.
   *
   * Throws `SITE_NOT_FOUND`, and violations for an unknown type or method and for a request that breaks the method's
   * schema.
   */
  call(call: PluginCall): Promise<{ requestId: string; results: CallResult[] }>;
}

export interface PluginCallerDependencies {
  readonly appKeys: AppKeyRing;
  readonly callHistory: CallHistory;
  readonly clock: Clock;
  readonly database: Database;
  readonly ids: Ids;
  /** The `iss` claim of calls. */
  readonly pluginIssuer: string;
  readonly metrics: Pick<Metrics, "pluginCalls" | "pluginDuration">;
  readonly outbound: Outbound;
}

const maxCachedTypes = 200;
const maxResponseBytes = 1_048_576;

export function createPluginCaller(dependencies: PluginCallerDependencies): PluginCaller {
  const { appKeys, clock, database, ids } = dependencies;
  const queries = createTargetQueries(database);
  const callOne = createOneCall(dependencies);
  const ownTypes = createCache<string, PluginType>({ maxEntries: maxCachedTypes });
  const schemas = createSchemaChecks();
  const typeOf = (componentType: string, ownMethods: string | null): PluginType | undefined =>
    builtInPluginType(componentType) ??
    (ownMethods === null
      ? undefined
      : ownTypes.getOrCreate(`${componentType} ${ownMethods}`, () =>
          ownPluginType(componentType, ownMethods),
        ));
  return {
    async call({ componentType, metadata: given = {}, siteId, ...asked }) {
      const called = { siteId, componentType };
      const [site, targets] = await Promise.all([queries.findSite(called), queries.findTargets(called)]);
      if (site === undefined) throw new ApiError("SITE_NOT_FOUND");
      const method = requireMethod(typeOf(componentType, site.own_methods), asked.method);
      requireRequest(schemas.of(method.requestSchema)(asked.request));
      const metadata = completeMetadata(given, { site, componentType, newRequestId: ids.guid });
      const rules = { check: schemas.of(method.responseSchema), errors: method.errors };
      const results = await Promise.all(
        targets.map(async (target): Promise<CallResult> => {
          const startedAt = clock.now();
          const key = appKeys.open(target);
          const call = { siteId, target, method, request: asked.request, metadata, rules, key };
          const { durationMs, result } = await callOne(call);
          recordCall(dependencies, { ...call, result, startedAt, durationMs });
          return { appId: target.app_id, instanceId: target.instance_id, ...result, durationMs };
        }),
      );
      return { requestId: metadata.requestId, results };
    },
  };
}

interface OneCall {
  readonly siteId: string;
  readonly target: Target;
  readonly method: PluginMethod;
  readonly request: Readonly<Record<string, unknown>>;
  readonly metadata: SharedMetadata;
  readonly rules: ResponseRules;
  readonly key: Parameters<typeof signForApp>[2];
}

interface Outcome {
  readonly result: CallResponse | CallFailure;
  readonly durationMs: number;
}

function notCalled(result: CallFailure): Outcome {
  return { result, durationMs: 0 };
}

/** Whether the endpoint works: any response of the app counts, even an application error, but not 429 or 5xx. */
function isAlive(result: CallResponse | CallFailure): boolean {
  if (!("error" in result)) return true;
  const { code, status = 0 } = result.error;
  return (
    code !== "TIMEOUT" && code !== "UNREACHABLE" && !(code === "REFUSED" && (status >= 500 || status === 429))
  );
}

function createOneCall({ clock, ids, outbound, pluginIssuer }: PluginCallerDependencies) {
  const breaker = createCircuitBreaker(clock);
  const loops = createLoopGuard();
  return async (call: OneCall): Promise<Outcome> => {
    const { method, metadata, siteId, target } = call;
    const { identity } = metadata;
    const link = {
      ...{ siteId, appId: target.app_id, appName: target.app_name },
      componentType: metadata.appExtensionType,
    };
    const loop = loops.loopOf(link, identity);
    if (loop !== undefined) return notCalled(failure("LOOP", loopText(loop, target.app_name)));
    const url = target.url + method.path;
    const retryAt = breaker.admit(url);
    if (retryAt !== undefined) {
      const text = "The endpoint failed five times in a row; it is not called until the next trial.";
      return notCalled(failure("CIRCUIT_OPEN", text, { retryAt }));
    }
    const leave = loops.enter(link, identity);
    try {
      const body = await signCall(call, { url, jti: ids.guid(), now: clock.now(), issuer: pluginIssuer });
      const headers = {
        "content-type": "text/plain; charset=utf-8",
        accept: "application/json",
        "user-agent": "Latchkey-Service-Plugins",
      };
      const sent = await outbound.post({
        url,
        headers,
        body,
        timeoutMs: method.timeoutMs,
        maxBytes: maxResponseBytes,
      });
      const result = readResponse(sent, call.rules);
      breaker.record(url, isAlive(result));
      return { result, durationMs: sent.durationMs };
    } finally {
      leave();
    }
  };
}

function signCall(
  { key, metadata, request, target }: OneCall,
  { issuer, jti, now, url }: { url: string; jti: string; now: number; issuer: string },
): Promise<string> {
  const iat = Math.floor(now / 1_000);
  const claims: ServicePluginClaims = {
    ...{ iss: issuer, aud: target.app_id, iat, exp: iat + servicePluginLifetime, jti },
    ...{ htm: "POST", htu: url },
    data: { request, metadata: { ...metadata, instanceId: target.instance_id } },
  };
  return signForApp(claims, servicePluginType, key);
}

function recordCall(
  { callHistory, ids, metrics }: PluginCallerDependencies,
  call: OneCall & { result: CallResponse | CallFailure; startedAt: number; durationMs: number },
): void {
  const { durationMs, metadata, method, result, siteId, startedAt, target } = call;
  const error = "error" in result ? result.error : undefined;
  const outcome = error?.code ?? "ANSWERED";
  metrics.pluginCalls.inc({ outcome });
  metrics.pluginDuration.observe(durationMs / 1_000);
  callHistory.add({
    ...{ callId: ids.ordered(), requestId: metadata.requestId, appId: target.app_id, siteId, outcome },
    ...{ instanceId: target.instance_id, componentType: metadata.appExtensionType, method: method.name },
    ...{ status: error === undefined ? 200 : (error.status ?? null), startedAt, durationMs },
    detail: error === undefined ? null : error.message,
  });
}

function requireMethod(type: PluginType | undefined, name: string): PluginMethod {
  if (type === undefined) {
    throw new ValidationError([
      {
        field: "componentType",
        description: "is no service plugin type of this platform",
        violatedRule: "INVALID_ENUM_VALUE",
      },
    ]);
  }
  const method = type.methods.find((one) => one.name === name);
  if (method !== undefined) return method;
  const allowed = type.methods.map((one) => one.name);
  throw new ValidationError([
    {
      field: "method",
      description: `is no method of this type; it has ${allowed.join(", ")}`,
      violatedRule: "INVALID_ENUM_VALUE",
      data: { allowed },
    },
  ]);
}

function requireRequest(violations: ReturnType<ResponseRules["check"]>): void {
  if (violations.length === 0) return;
  throw new ValidationError(
    violations.map((one) => ({ ...one, field: one.field === "" ? "request" : `request.${one.field}` })),
  );
}

function loopText(loop: string, appName: string): string {
  return (
    `${appName} is being called, and what it called led back to it: ${loop}. ` +
    "Do not call from a service plugin what needs that plugin."
  );
}
