const [portalPath, linkId] = /^\/portal\/([0-9a-f-]{36})(?=\/|$)/.exec(globalThis.location.pathname) ?? [];

/** Where the pages begin: `/dashboard`, or `/portal/<linkId>` in a portal. */
export const basepath = portalPath ?? "/dashboard";

/** Whether the pages are those of a portal, in a frame of another site. */
export const isPortal = linkId !== undefined;

/** The header with which a request has the session of the portal, and nothing else; none in the dashboard itself. */
export const portalHeaders: Readonly<Record<string, string>> =
  linkId === undefined ? {} : { "Latchkey-Portal": linkId };
