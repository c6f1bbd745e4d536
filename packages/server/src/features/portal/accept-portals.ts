import { ApiError } from "../../infrastructure/errors/index.ts";
import type { Authenticate } from "../../infrastructure/management/index.ts";
import { requireOwnOrigin } from "../accounts/index.ts";
import type { PortalLinks } from "./portal-links.ts";

/** Names the link of the portal that sends a request. */
const portalHeader = "latchkey-portal";

/**
 * Extends the authentication of keys and sessions: a request with the header `Latchkey-Portal` has only the session of this
 * link, whatever key or session it has besides. Throws `UNAUTHENTICATED` when that has ended, and `CROSS_ORIGIN_REQUEST`.
 */
export function acceptPortals(
  authenticate: Authenticate,
  { portalLinks, publicUrl }: { portalLinks: PortalLinks; publicUrl: string },
): Authenticate {
  return async (call, key) => {
    const { headers } = call.request;
    const linkId = headers.get(portalHeader);
    if (linkId === null) return await authenticate(call, key);
    const caller = await portalLinks.findCaller(linkId, headers);
    if (caller === undefined) {
      const message = "The session of the portal has ended. Load the page that contains it again.";
      throw new ApiError("UNAUTHENTICATED", { message, reason: "portal_ended" });
    }
    requireOwnOrigin(call.request, publicUrl);
    return caller;
  };
}
