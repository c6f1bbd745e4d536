import { OAuthError } from "../../../infrastructure/errors/index.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import type { MintRow } from "../tokens.queries.ts";
import type { GrantRequest } from "./grant.ts";

/** Puts why a known app was refused into its own log; of strangers none is kept. */
export function noteRefusal(
  error: unknown,
  { exchange }: GrantRequest,
  { usage, ...about }: { usage: TokenDependencies["usage"]; row: MintRow; instanceId: string; now: number },
): void {
  const { instanceId, now, row } = about;
  if (!(error instanceof OAuthError) || row.app_id === null) return;
  const { requestId } = exchange;
  usage.refused({ requestId, appId: row.app_id, instanceId, reason: error.reason, occurredAt: now });
}
