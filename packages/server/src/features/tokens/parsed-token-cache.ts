import { hash } from "node:crypto";
import type { ParsedToken } from "@latchkey/protocol";
import { type Cache, createCache } from "../../infrastructure/cache/index.ts";

const maxBytes = 64 * 1_024 * 1_024;

/** Parsed tokens with a valid signature, by SHA-256 of their text. */
export class ParsedTokenCache {
  readonly #tokens: Cache<string, ParsedToken>;

  constructor(maxEntries: number) {
    // The signing input, and about as much again for the parsed claims.
    const bytes = { max: maxBytes, sizeOf: ({ signed }: ParsedToken) => 2 * signed.length };
    this.#tokens = createCache({ maxEntries, bytes });
  }

  get(text: string): ParsedToken | undefined {
    return this.#tokens.get(hash("sha256", text));
  }

  add(text: string, parsed: ParsedToken): void {
    this.#tokens.set(hash("sha256", text), parsed);
  }
}
