import type { Clock } from "../clock/index.ts";
import type { Database, Ids } from "../db/index.ts";
import type { KeyRing, Vault } from "../keys/index.ts";
import type { Log, Metrics } from "../observability/index.ts";
import type { SignatureCache } from "./signature-cache.ts";
import type { TokenStore } from "./tokens.store.ts";
import type { TokenUsage } from "./usage.ts";

/** What the token endpoints work with. */
export interface TokenSources {
  /** Public URL of the platform: issuer, and audience of its own APIs. */
  readonly issuer: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly vault: Vault;
  readonly database: Database;
  readonly store: TokenStore;
  readonly keyRing: KeyRing;
  readonly signatures: SignatureCache;
  readonly usage: TokenUsage;
  readonly metrics: Metrics;
  readonly log: Log;
}
