import { hash } from "node:crypto";
import type { ParsedToken } from "@latchkey/protocol";
import { createCache } from "../../infrastructure/cache/index.ts";

/** Caches tokens whose signature was verified, by SHA-256 of their text. Nothing else about a token is cached. */
export interface SignatureCache {
  get(token: string): ParsedToken | undefined;
  add(token: string, parsed: ParsedToken): void;
}

const maxBytes = 64 * 1_024 * 1_024;

export function createSignatureCache(maxEntries: number): SignatureCache {
  const verified = createCache<string, ParsedToken>({
    maxEntries,
    // The signing input, and about as much again for the parsed claims.
    bytes: { max: maxBytes, sizeOf: ({ signed }) => 2 * signed.length },
  });
  return {
    get: (token) => verified.get(hash("sha256", token)),
    add: (token, parsed) => verified.set(hash("sha256", token), parsed),
  };
}
