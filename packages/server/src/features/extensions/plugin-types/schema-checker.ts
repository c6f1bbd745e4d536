import { once } from "node:events";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { FieldViolation } from "@latchkey/protocol";
import { createCache } from "../../../infrastructure/cache/index.ts";
import { type Clock, monotonicSeconds, seconds, systemClock } from "../../../infrastructure/clock/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import { createFairQueue } from "../../../infrastructure/fair-queue/index.ts";
import type { JsonSchema } from "./plugin-type.ts";
import { expenseOf } from "./schema-limits.ts";
import type { SchemaRequest, SchemaResult } from "./schema-thread.ts";

// TypeScript in the repository, JavaScript in the package.
const threadFile = new URL(`./schema-thread${extname(import.meta.url)}`, import.meta.url);

const threads = 4;
const maxWaitingPerKey = 64;
const maxHeapMegabytes = 128;
/** How much time of a processor one check may use, in milliseconds, and how often that is measured. */
const limitMs = 2_000;
/** How long one check may take on a busy machine, relative to the limit. */
const maxMeasurements = 5;
/** How long checks of a key are refused after one that took too long. */
const pauseMs = seconds(30);

/**
 * Checks values against JSON Schemas in threads, because a pattern or a schema can take hours for one value. A check
 * that takes too long ends its thread, and further checks of its key are refused for 30 seconds.
 */
export class SchemaChecker {
  readonly #queue = createFairQueue({ slots: threads, waitingPerKey: maxWaitingPerKey });
  readonly #running = new Set<Worker>();
  readonly #idle: Worker[] = [];
  readonly #texts = new WeakMap<JsonSchema, string>();
  readonly #clock: Clock;
  /** The time of the last check that took too long, by key, in epoch milliseconds. */
  readonly #tooExpensive = createCache<string, number>({ maxEntries: 10_000 });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Describes why a schema cannot be used; undefined when it can. `key` shares the threads: who gave the schema. */
  async problemOf(schema: JsonSchema, key: string): Promise<string | undefined> {
    const expense = expenseOf(schema);
    if (expense !== undefined) return expense;
    const result = await this.#run(key, { schema: this.#textOf(schema), value: undefined });
    return "problem" in result ? `is not a JSON Schema 2020-12: ${result.problem}` : undefined;
  }

  /**
   * Returns the violations of a value; none when it is valid.
   *
   * Throws `SCHEMA_TOO_EXPENSIVE`, and `RESOURCE_EXHAUSTED` when too many checks of this key wait.
   *
   * @param key shares the threads: who gave the value
   */
  async check(
    schema: JsonSchema | undefined,
    value: unknown,
    key: string,
  ): Promise<readonly FieldViolation[]> {
    if (schema === undefined) return [];
    const result = await this.#run(key, { schema: this.#textOf(schema), value: JSON.stringify(value) });
    if ("problem" in result) throw new Error(`A stored JSON Schema is not valid: ${result.problem}`);
    return result.violations;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((thread) => thread.terminate()));
  }

  #textOf(schema: JsonSchema): string {
    const text = this.#texts.get(schema) ?? JSON.stringify(schema);
    this.#texts.set(schema, text);
    return text;
  }

  async #run(key: string, request: SchemaRequest): Promise<SchemaResult> {
    return await this.#queue.run(key, async () => {
      const elapsed = this.#clock.now() - (this.#tooExpensive.get(key) ?? Number.NEGATIVE_INFINITY);
      if (elapsed >= 0 && elapsed < pauseMs) throw new ApiError("SCHEMA_TOO_EXPENSIVE");
      const thread = this.#idle.pop() ?? (await this.#start());
      const result = await resultFrom(thread, request);
      if (result === undefined) {
        this.#tooExpensive.set(key, this.#clock.now());
        await thread.terminate();
        throw new ApiError("SCHEMA_TOO_EXPENSIVE");
      }
      this.#idle.push(thread);
      return result;
    });
  }

  async #start(): Promise<Worker> {
    const thread = new Worker(threadFile, {
      // The options of this process may not fit a file.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMegabytes },
    });
    this.#running.add(thread);
    thread.unref();
    thread.on("exit", () => this.#running.delete(thread));
    await once(thread, "message");
    // Without a listener, a thread that runs out of memory would end the process.
    thread.on("error", () => {});
    return thread;
  }
}

/** Sends a request to a thread. Returns undefined when it takes too long or too much memory. */
async function resultFrom(thread: Worker, request: SchemaRequest): Promise<SchemaResult | undefined> {
  const { promise, resolve } = Promise.withResolvers<SchemaResult | undefined>();
  const giveUp = (): void => resolve(undefined);
  const before = await processorMs(thread);
  const measure = async (measurements: number): Promise<void> => {
    const used = (await processorMs(thread)) - before;
    // A timer fires a little early or late.
    if (used > 0.9 * limitMs || measurements === maxMeasurements) giveUp();
    else if (!ended) limit = systemClock.after(limitMs, () => measure(measurements + 1));
  };
  let limit = systemClock.after(limitMs, () => measure(1));
  let ended = false;
  thread.once("message", resolve).once("exit", giveUp);
  thread.postMessage(request);
  try {
    return await promise;
  } finally {
    ended = true;
    limit.cancel();
    thread.off("message", resolve).off("exit", giveUp);
  }
}

/** The time of a processor that the thread has used, in milliseconds. Before Node 24 it is not known: the time of the clock. */
async function processorMs(thread: Worker): Promise<number> {
  if (typeof thread.cpuUsage !== "function") return monotonicSeconds() * 1_000;
  return await thread.cpuUsage().then(
    ({ system, user }) => (user + system) / 1_000,
    () => Number.POSITIVE_INFINITY,
  );
}
