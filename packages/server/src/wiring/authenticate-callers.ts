import { acceptSessions } from "../features/accounts/index.ts";
import { createAuthenticate } from "../features/api-keys/index.ts";
import { acceptPortals } from "../features/portal/index.ts";
import type { Authenticate } from "../infrastructure/management/index.ts";

type Dependencies = Parameters<typeof createAuthenticate>[0] &
  Parameters<typeof acceptSessions>[1] &
  Parameters<typeof acceptPortals>[1];

/** Authenticates callers of the management API: by a key, by the session of an account, or by that of a portal. */
export function authenticateCallers(deps: Dependencies): Authenticate {
  return acceptPortals(acceptSessions(createAuthenticate(deps), deps), deps);
}
