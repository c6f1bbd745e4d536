import { createHash } from "node:crypto";
import { systemClock, type Timer } from "../../../infrastructure/clock/index.ts";
import type { Ids } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import { type Fault, type FaultEffect, type FaultRule, type FaultTarget, namedEffects } from "./fault.ts";

/** What a request or a delivery is about. */
export interface FaultSubject {
  readonly appId?: string | undefined;
  readonly instanceId?: string | undefined;
  readonly eventType?: string | undefined;
}

interface Entry {
  readonly faultId: string;
  readonly rule: FaultRule;
  readonly random: () => number;
  applied: number;
}

const maxFaults = 100;

/** The faults of a development server, in memory: a restart clears them. */
export class Faults {
  readonly #entries: Entry[] = [];
  readonly #waiting = new Map<() => void, Timer>();
  readonly #ids: Ids;

  constructor({ ids }: { ids: Ids }) {
    this.#ids = ids;
  }

  /** Throws `TOO_MANY_FAULTS`. */
  add(rule: FaultRule): Fault {
    if (this.#entries.length >= maxFaults) throw new ApiError("TOO_MANY_FAULTS");
    const random = seededNumbers(rule.seed ?? "latchkey");
    const entry: Entry = { faultId: this.#ids.ordered(), rule, random, applied: 0 };
    this.#entries.push(entry);
    return show(entry);
  }

  /** Every fault, also those that have happened as often as they should. Oldest first. */
  list(): Fault[] {
    return this.#entries.map(show);
  }

  clear(): void {
    this.#entries.length = 0;
  }

  /** Whether a fault of the target depends on the app or the instance. */
  isLimited(target: FaultTarget): boolean {
    return this.#entries.some(
      ({ rule }) => rule.target === target && (rule.appId ?? rule.instanceId) !== undefined,
    );
  }

  /** Returns the faults that happen now, and counts them. Status and reset are the last, because they end a request. */
  take(target: FaultTarget, subject: FaultSubject, effects?: readonly FaultEffect[]): Fault[] {
    const taken: Fault[] = [];
    for (const entry of this.#entries) {
      const { rule } = entry;
      const [effect] = namedEffects(rule);
      if (effect === undefined || rule.target !== target || !matches(rule, subject)) continue;
      if (effects !== undefined && !effects.includes(effect)) continue;
      if (!happens(entry)) continue;
      entry.applied += 1;
      taken.push(show(entry));
      if (effect === "status" || effect === "reset") break;
    }
    return taken;
  }

  /** Waits in real time, so that the timeouts of a client can be tested. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#waiting.get(end)?.cancel();
        this.#waiting.delete(end);
        resolve();
      };
      this.#waiting.set(end, systemClock.after(ms, end));
    });
  }

  /** Ends every latency. */
  stop(): void {
    for (const end of [...this.#waiting.keys()]) end();
  }
}

function matches(rule: FaultRule, subject: FaultSubject): boolean {
  return (["appId", "instanceId", "eventType"] as const).every(
    (name) => rule[name] === undefined || rule[name] === subject[name],
  );
}

function happens({ applied, random, rule }: Entry): boolean {
  if (applied >= (rule.times ?? Number.POSITIVE_INFINITY)) return false;
  return rule.probability === undefined || random() < rule.probability;
}

function show({ applied, faultId, rule }: Entry): Fault {
  return { faultId, ...rule, applied };
}

/** Numbers from 0 to 1 that depend only on the seed. */
function seededNumbers(seed: string): () => number {
  let count = 0;
  return () => {
    const digest = createHash("sha256").update(`${seed} ${count}`).digest();
    count += 1;
    return digest.readUInt32BE() / 0x1_0000_0000;
  };
}
