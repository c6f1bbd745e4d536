import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Queries } from "../../infrastructure/database/index.ts";
import { ApiError, invalidField } from "../../infrastructure/errors/index.ts";
import { createRateLimiter, type RateLimiter } from "../../infrastructure/rate-limits/index.ts";
import { readApp } from "../apps/index.ts";
import { readExtension } from "../extensions/index.ts";
import { readInstance } from "../instances/index.ts";
import type { CallResult } from "./call-result.ts";
import type { PluginCaller } from "./caller.ts";

const perMinute = 30;

/** A call that a developer makes of a service plugin of the app. */
interface TestCall {
  readonly appId: string;
  readonly extensionId: string;
  readonly instanceId: string;
  readonly method: string;
  readonly request: Readonly<Record<string, unknown>>;
}

/** Test calls of service plugins, a limited number for each app. */
export class TestCalls {
  readonly #caller: PluginCaller;
  readonly #limiter: RateLimiter;

  constructor({ caller, clock }: { caller: PluginCaller; clock: Clock }) {
    this.#caller = caller;
    this.#limiter = createRateLimiter({ clock, limit: perMinute });
  }

  /**
   * Throws `EXTENSION_NOT_FOUND`, `INSTANCE_NOT_FOUND`, `INSTANCE_NOT_INSTALLED`, `APP_DISABLED`, `RESOURCE_EXHAUSTED`, and
   * violations for a page, an unknown method and a request that breaks the schema of the method.
   */
  async call(
    db: Queries,
    { appId, extensionId, instanceId, ...call }: TestCall,
  ): Promise<{ requestId: string; result: CallResult }> {
    this.#count(appId);
    const { componentType } = await readExtension(db, { appId, extensionId });
    if (componentType === null) {
      throw invalidField("extensionId", "is a page; only service plugins can be called", "VALIDATION");
    }
    const instance = await readInstance(db, instanceId);
    if (instance.appId !== appId) throw new ApiError("INSTANCE_NOT_FOUND", { reason: "other_app" });
    if (!(await readApp(db, appId)).enabled) throw new ApiError("APP_DISABLED");
    const { siteId } = instance;
    const { requestId, results } = await this.#caller.call({
      ...{ ...call, componentType, siteId },
      testedInstanceId: instanceId,
    });
    const [result] = results;
    if (result === undefined) throw new ApiError("INSTANCE_NOT_INSTALLED");
    return { requestId, result };
  }

  #count(appId: string): void {
    const seconds = Math.ceil(this.#limiter.take(appId) / 1_000);
    if (seconds > 0) throw new ApiError("RESOURCE_EXHAUSTED", { headers: { "retry-after": `${seconds}` } });
  }
}
