import { clientCredentials } from "./client-credentials.ts";
import type { Grant } from "./grant.ts";
import { stripBoundSession } from "./strip-bound-session.ts";

/** Every grant of the token endpoint; a new one is a file beside this one and a line here. */
export const grants: ReadonlyMap<string, Grant> = new Map(
  [clientCredentials, stripBoundSession].map((grant) => [grant.type, grant]),
);
