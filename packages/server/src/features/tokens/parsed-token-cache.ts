import { hash } from "node:crypto";
import type { ParsedToken } from "@latchkey/protocol";

/** Parsed tokens with a valid signature, by SHA-256 of their text. The least recently used one is evicted first. */
export class ParsedTokenCache {
  readonly #tokens = new Map<string, ParsedToken>();
  readonly #maxEntries: number;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  get(text: string): ParsedToken | undefined {
    const key = hash("sha256", text);
    const parsed = this.#tokens.get(key);
    if (parsed !== undefined) {
      this.#tokens.delete(key);
      this.#tokens.set(key, parsed);
    }
    return parsed;
  }

  add(text: string, parsed: ParsedToken): void {
    this.#tokens.set(hash("sha256", text), parsed);
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size > this.#maxEntries && oldest !== undefined) this.#tokens.delete(oldest);
  }
}
