import { hash } from "node:crypto";
import type { ParsedToken } from "@latchkey/protocol";

/**
 * Remembers tokens whose signature was found genuine, by SHA-256 of their text; nothing else about a token is ever
 * remembered. Bounded: the one unused longest goes first.
 */
export interface SignatureCache {
  get(token: string): ParsedToken | undefined;
  add(token: string, parsed: ParsedToken): void;
}

export function createSignatureCache(maxEntries: number): SignatureCache {
  const genuine = new Map<string, ParsedToken>();
  return {
    get(token) {
      const key = hash("sha256", token);
      const parsed = genuine.get(key);
      if (parsed !== undefined) {
        genuine.delete(key);
        genuine.set(key, parsed);
      }
      return parsed;
    },
    add(token, parsed) {
      genuine.set(hash("sha256", token), parsed);
      const [oldest] = genuine.keys();
      if (genuine.size > maxEntries && oldest !== undefined) genuine.delete(oldest);
    },
  };
}
