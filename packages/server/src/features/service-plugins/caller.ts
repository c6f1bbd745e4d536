import {
  type FieldViolation,
  type ServicePluginClaims,
  servicePluginLifetime,
  servicePluginType,
} from "@latchkey/protocol";
import { createCache } from "../../infrastructure/cache/index.ts";
import { type Clock, systemClock } from "../../infrastructure/clock/index.ts";
import type { Database, Ids } from "../../infrastructure/database/index.ts";
import { ApiError, invalidField, ValidationError } from "../../infrastructure/errors/index.ts";
import { createFairQueue } from "../../infrastructure/fair-queue/index.ts";
import type { Metrics } from "../../infrastructure/observability/index.ts";
import type { Outbound } from "../../infrastructure/outbound/index.ts";
import { type AppKeyRing, signForApp } from "../apps/index.ts";
import type { Counts } from "../counts/index.ts";
import {
  builtInPluginType,
  ownPluginType,
  type PluginMethod,
  type PluginType,
  type SchemaChecker,
} from "../extensions/index.ts";
import type { CallHistory } from "./call-history.ts";
import { completeMetadata, type MetadataInput, type SharedMetadata } from "./call-metadata.ts";
import { type CallOutcome, type CallResult, failure } from "./call-result.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import { LoopGuard } from "./loop-guard.ts";
import { readResponse } from "./read-response.ts";
import { createTargetQueries, type Target, type TargetQueries } from "./targets.queries.ts";

/** A call of every app on a site that implements a type. */
export interface PluginCall {
  readonly siteId: string;
  readonly componentType: string;
  readonly method: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly metadata?: MetadataInput | undefined;
  /** Calls the app of this instance alone, as a test: also while the circuit is open, which its outcome does not change. */
  readonly testedInstanceId?: string | undefined;
}

export interface PluginCallerDependencies {
  readonly appKeys: AppKeyRing;
  readonly callHistory: CallHistory;
  readonly counts: Counts;
  readonly clock: Clock;
  readonly database: Database;
  readonly ids: Ids;
  /** The `iss` claim of calls. */
  readonly pluginIssuer: string;
  readonly metrics: Pick<Metrics, "pluginCalls" | "pluginDuration">;
  readonly outbound: Outbound;
  readonly schemas: SchemaChecker;
}

/** A call of one app. */
interface AppCall {
  readonly siteId: string;
  readonly target: Target;
  readonly method: PluginMethod;
  readonly request: Readonly<Record<string, unknown>>;
  readonly metadata: SharedMetadata;
  readonly isTest: boolean;
}

type TimedOutcome = CallOutcome & { readonly durationMs: number };

const maxCachedTypes = 200;
const maxResponseBytes = 1_048_576;
/** Calls in progress in this process. */
const callSlots = 256;
const maxWaitingPerKey = 256;

/** Calls the service plugins of apps. */
export class PluginCaller {
  readonly #dependencies: PluginCallerDependencies;
  readonly #breaker: CircuitBreaker;
  readonly #loops = new LoopGuard();
  readonly #slots = createFairQueue({ slots: callSlots, waitingPerKey: maxWaitingPerKey });
  readonly #ownTypes = createCache<string, PluginType>({ maxEntries: maxCachedTypes });
  readonly #targets: TargetQueries;

  constructor(dependencies: PluginCallerDependencies) {
    this.#dependencies = dependencies;
    this.#breaker = new CircuitBreaker(dependencies.clock);
    this.#targets = createTargetQueries(dependencies.database);
  }

  /**
   * Calls all apps concurrently, each with the time-out of the method. The failure of one app is in its result.
   *
   * Throws `SITE_NOT_FOUND`, and violations for an unknown type or method and for a request that breaks the method's
   * schema.
   */
  async call(call: PluginCall): Promise<{ requestId: string; results: CallResult[] }> {
    const { componentType, request, siteId, testedInstanceId } = call;
    const [site, found] = await Promise.all([this.#targets.findSite(call), this.#targets.findTargets(call)]);
    if (site === undefined) throw new ApiError("SITE_NOT_FOUND");
    const method = requireMethod(this.#typeOf(componentType, site.own_methods), call.method);
    requireValid(await this.#dependencies.schemas.check(method.requestSchema, request, componentType));
    const newRequestId = this.#dependencies.ids.guid;
    const metadata = completeMetadata(call.metadata ?? {}, { site, componentType, newRequestId });
    const isTest = testedInstanceId !== undefined;
    const targets = isTest ? found.filter((target) => target.instance_id === testedInstanceId) : found;
    const results = await Promise.all(
      targets.map((target) => this.#callApp({ siteId, target, method, request, metadata, isTest })),
    );
    return { requestId: metadata.requestId, results };
  }

  #typeOf(componentType: string, ownMethods: string | null): PluginType | undefined {
    const builtIn = builtInPluginType(componentType);
    if (builtIn !== undefined || ownMethods === null) return builtIn;
    return this.#ownTypes.getOrCreate(`${componentType} ${ownMethods}`, () =>
      ownPluginType(componentType, ownMethods),
    );
  }

  async #callApp(call: AppCall): Promise<CallResult> {
    const { callHistory, clock, counts, ids, metrics } = this.#dependencies;
    const { metadata, method, siteId, target } = call;
    const startedAt = clock.now();
    const { durationMs, ...result } = await this.#inSlot(call, () => this.#request(call));
    const error = "error" in result ? result.error : undefined;
    const outcome = error?.code ?? "ANSWERED";
    metrics.pluginCalls.inc({ outcome });
    metrics.pluginDuration.observe(durationMs / 1_000);
    counts.addTimed({ metric: "pluginCalls", outcome, appId: target.app_id, durationMs });
    callHistory.add({
      call_id: ids.ordered(),
      request_id: metadata.requestId,
      app_id: target.app_id,
      instance_id: target.instance_id,
      site_id: siteId,
      component_type: metadata.appExtensionType,
      method: method.name,
      outcome,
      status: error === undefined ? 200 : (error.status ?? null),
      detail: error?.message ?? null,
      started_at: startedAt,
      duration_ms: durationMs,
    });
    return { appId: target.app_id, instanceId: target.instance_id, ...result, durationMs };
  }

  /** Waits for a slot at most as long as the call itself may take. */
  async #inSlot(
    { method, siteId, target }: AppCall,
    work: () => Promise<TimedOutcome>,
  ): Promise<TimedOutcome> {
    const wait = new AbortController();
    const tooLong = (): void => wait.abort(new ApiError("RESOURCE_EXHAUSTED"));
    const limit = systemClock.after(method.timeoutMs, tooLong);
    const keys = [`app ${target.app_id}`, `site ${siteId}`, `host ${new URL(target.url).host}`];
    const begin = (): Promise<TimedOutcome> => {
      limit.cancel();
      return work();
    };
    try {
      return await this.#slots.run(keys, begin, wait.signal);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "RESOURCE_EXHAUSTED") throw error;
      const text = "Too many calls of this app, site or host are in progress; the app was not called.";
      return { ...failure("TOO_MANY_CALLS", text), durationMs: 0 };
    } finally {
      limit.cancel();
    }
  }

  /** Sends the request, unless it would close a loop or the circuit of the endpoint is open. */
  async #request(call: AppCall): Promise<TimedOutcome> {
    const { isTest, metadata, method, siteId, target } = call;
    const { outbound, schemas } = this.#dependencies;
    const { appExtensionType: componentType, identity } = metadata;
    const link = { siteId, appId: target.app_id, appName: target.app_name, componentType };
    const loop = this.#loops.loopOf(link, identity);
    if (loop !== undefined) {
      const text =
        `${target.app_name} is being called, and its own call led back to it: ${loop}. ` +
        "A service plugin must not call an API that calls the plugin.";
      return { ...failure("LOOP", text), durationMs: 0 };
    }
    const url = target.url + method.path;
    const retryAt = isTest ? undefined : this.#breaker.admit(url);
    if (retryAt !== undefined) {
      const text = "The endpoint failed five times in a row; it is not called until the next trial.";
      return { ...failure("CIRCUIT_OPEN", text, { retryAt }), durationMs: 0 };
    }
    const leave = this.#loops.enter(link, identity);
    try {
      const sent = await outbound.post({
        url,
        headers: {
          "content-type": "text/plain; charset=utf-8",
          accept: "application/json",
          "user-agent": "Latchkey-Service-Plugins",
        },
        body: await this.#sign(call, url),
        timeoutMs: method.timeoutMs,
        maxBytes: maxResponseBytes,
        span: {
          name: "plugin call",
          attributes: {
            "latchkey.app_id": target.app_id,
            "latchkey.component_type": componentType,
            "latchkey.method": method.name,
          },
        },
      });
      const outcome = await readResponse(sent, {
        check: (response) => schemas.check(method.responseSchema, response, target.app_id),
        errors: method.errors,
      });
      if (!isTest) this.#breaker.record(url, isAlive(outcome));
      return { ...outcome, durationMs: sent.durationMs };
    } finally {
      leave();
    }
  }

  #sign({ metadata, request, target }: AppCall, url: string): Promise<string> {
    const { appKeys, clock, ids, pluginIssuer } = this.#dependencies;
    const iat = Math.floor(clock.now() / 1_000);
    const claims: ServicePluginClaims = {
      iss: pluginIssuer,
      aud: target.app_id,
      iat,
      exp: iat + servicePluginLifetime,
      jti: ids.guid(),
      htm: "POST",
      htu: url,
      data: { request, metadata: { ...metadata, instanceId: target.instance_id } },
    };
    return signForApp(claims, servicePluginType, appKeys.open(target));
  }
}

/** Whether the endpoint works: any response of the app counts, even an application error, but not 429 or 5xx. */
function isAlive(outcome: CallOutcome): boolean {
  if (!("error" in outcome)) return true;
  const { code, status = 0 } = outcome.error;
  if (code === "REFUSED") return status < 500 && status !== 429;
  return code !== "TIMEOUT" && code !== "UNREACHABLE";
}

function requireMethod(type: PluginType | undefined, name: string): PluginMethod {
  if (type === undefined) {
    throw invalidField(
      "componentType",
      "is not a service plugin type of this platform",
      "INVALID_ENUM_VALUE",
    );
  }
  const method = type.methods.find((one) => one.name === name);
  if (method !== undefined) return method;
  const allowed = type.methods.map((one) => one.name);
  const description = `is not a method of this type; it has ${allowed.join(", ")}`;
  throw new ValidationError([
    { field: "method", description, violatedRule: "INVALID_ENUM_VALUE", data: { allowed } },
  ]);
}

/** Throws the violations of a request. */
function requireValid(violations: readonly FieldViolation[]): void {
  if (violations.length === 0) return;
  throw new ValidationError(
    violations.map((one) => ({ ...one, field: one.field === "" ? "request" : `request.${one.field}` })),
  );
}
