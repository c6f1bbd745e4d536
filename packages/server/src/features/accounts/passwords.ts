import { scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { RandomBytes } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { createFairQueue } from "../../infrastructure/fair-queue/index.ts";

const derive = promisify<string, Uint8Array, number, object, Buffer>(scrypt);

/** OWASP lists these costs as equal to N=2^17, r=8, p=1, which would need 128 MiB instead of 32. */
const cost = { N: 2 ** 15, r: 8, p: 3 };
const maxMemory = 64 * 1_024 * 1_024;
const form = `scrypt$${cost.N}$${cost.r}$${cost.p}`;
const hashBytes = 32;
const saltBytes = 16;
/** Compared when there is no account or no password, so that the response takes the same time. */
const decoy = `${form}$${"A".repeat(22)}$${"A".repeat(43)}`;

/** Hashes computed at the same time. Each uses a thread for about a third of a second. */
const maxAtOnce = 2;
const maxWaitingPerNetwork = 5;
const maxWaiting = 30;

/** Hashes and checks passwords with scrypt, two at a time. Networks of clients take turns. */
export class Passwords {
  readonly #random: RandomBytes;
  readonly #queue = createFairQueue({ slots: maxAtOnce, waitingPerKey: maxWaitingPerNetwork });

  constructor(random: RandomBytes) {
    this.#random = random;
  }

  /** Returns the hash to store. Throws `RESOURCE_EXHAUSTED` when too many passwords wait. */
  async hash(password: string, network: string): Promise<string> {
    const salt = this.#random(saltBytes);
    const hash = await this.#derive(password, salt, network);
    return [form, Buffer.from(salt).toString("base64url"), hash.toString("base64url")].join("$");
  }

  /** Throws `RESOURCE_EXHAUSTED` when too many passwords wait. */
  async matches(password: string, stored: string | null | undefined, network: string): Promise<boolean> {
    const [salt = "", hash = ""] = (stored ?? decoy).split("$").slice(-2);
    const derived = await this.#derive(password, Buffer.from(salt, "base64url"), network);
    return timingSafeEqual(derived, Buffer.from(hash, "base64url")) && typeof stored === "string";
  }

  async #derive(password: string, salt: Uint8Array, network: string): Promise<Buffer> {
    if (this.#queue.usage().waiting >= maxWaiting) throw busy();
    // The same password has several forms in Unicode, and keyboards differ.
    const text = password.normalize("NFKC");
    const work = () => derive(text, salt, hashBytes, { ...cost, maxmem: maxMemory });
    return await this.#queue.run(network, work).catch((error: unknown) => {
      throw error instanceof ApiError ? busy() : error;
    });
  }
}

function busy(): ApiError {
  return new ApiError("RESOURCE_EXHAUSTED", {
    message: "Too many people are signing in; try again in a few seconds.",
    headers: { "retry-after": "5" },
  });
}
