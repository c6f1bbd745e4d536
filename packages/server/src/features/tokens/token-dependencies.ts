import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Database, Ids } from "../../infrastructure/database/index.ts";
import type { Log, Metrics } from "../../infrastructure/observability/index.ts";
import type { KeyRing } from "../signing-keys/index.ts";
import type { SignatureCache } from "./signature-cache.ts";
import type { TokenStore } from "./tokens.queries.ts";
import type { TokenUsage } from "./usage.ts";

/** What the token endpoints work with. */
export interface TokenDependencies {
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
