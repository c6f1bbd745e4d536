import { OAuthError } from "../../../infrastructure/errors/index.ts";
import type { Minting } from "../mint.ts";
import type { MintRow } from "../tokens.queries.ts";

/** What a token takes from the instance that it is for. */
export interface InstalledInstance
  extends Pick<Minting, "instanceId" | "siteId" | "generation" | "kid" | "lifetime" | "format"> {
  /** As stored: a list of scope ids as JSON. */
  readonly grantedScopes: string;
}

/** Unknown, another app's and removed read the same; a suspended one too, and only the app's own log tells. */
export function checkInstance(row: MintRow): InstalledInstance {
  const { app_gen, granted_scopes, instance_gen, instance_id, kid, site_id, state } = row;
  const missing = app_gen === null || instance_gen === null || instance_id === null || site_id === null;
  if (missing || granted_scopes === null || state !== "installed") {
    throw new OAuthError("invalid_grant", "The app has no instance with this instance_id.", {
      status: 404,
      reason: state === null ? "unknown_instance" : `instance_${state}`,
    });
  }
  if (kid === null) throw new Error("No signing key is active.");
  return {
    instanceId: instance_id,
    siteId: site_id,
    grantedScopes: granted_scopes,
    generation: [row.platform_gen, app_gen, instance_gen],
    kid,
    lifetime: row.token_lifetime ?? 0,
    format: row.token_format,
  };
}
