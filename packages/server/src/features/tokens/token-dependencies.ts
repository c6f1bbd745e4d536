import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Database, Ids, RandomBytes } from "../../infrastructure/database/index.ts";
import type { Log, Metrics } from "../../infrastructure/observability/index.ts";
import type { AuditLog } from "../audit/index.ts";
import type { Counts } from "../counts/index.ts";
import type { Instances } from "../instances/index.ts";
import type { KeyRing } from "../signing-keys/index.ts";
import type { ApiLimits } from "./api-limits.ts";
import type { ParsedTokenCache } from "./parsed-token-cache.ts";
import type { FailedAuthentications } from "./request/failed-authentications.ts";
import type { ResponsePace } from "./response-pace.ts";
import type { TokenQueries } from "./tokens.queries.ts";
import type { TokenUsage } from "./usage/usage.ts";

/** Dependencies of the token endpoints and the token check. */
export interface TokenDependencies {
  /** Public URL of the platform: `iss` of every token, and `aud` of tokens for its own APIs. */
  readonly issuer: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: RandomBytes;
  readonly vault: Vault;
  readonly audit: AuditLog;
  readonly instances: Instances;
  readonly database: Database;
  readonly queries: TokenQueries;
  readonly keyRing: KeyRing;
  readonly parsedTokens: ParsedTokenCache;
  readonly failedAuthentications: FailedAuthentications;
  readonly usage: TokenUsage;
  readonly counts: Counts;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly responsePace: ResponsePace;
  /** Default: API calls are not limited. */
  readonly apiLimits?: ApiLimits | undefined;
}
