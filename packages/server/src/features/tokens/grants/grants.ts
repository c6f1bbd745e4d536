import { clientCredentials } from "./client-credentials.ts";
import type { Grant } from "./grant.ts";
import { stripBoundSession } from "./strip-bound-session.ts";

/** The grants of the token endpoint, by type. */
export const grants: ReadonlyMap<string, Grant> = new Map([
  ["client_credentials", clientCredentials],
  ["strip_bound_session", stripBoundSession],
]);
