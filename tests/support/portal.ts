import { cookieOf } from "./accounts.ts";
import { type CallManagement, managementCaller, sendManagement } from "./management-client.ts";

interface Server {
  readonly url: string;
  readonly adminKey: string;
}

/** What a link shows: pages of an app, or of a site. */
export interface PortalRequest {
  readonly appId?: string;
  readonly siteId?: string;
  readonly pages: readonly string[];
  /** Default: https://product.example. */
  readonly origin?: string;
}

/** The session of a portal. */
export interface TestPortal {
  readonly linkId: string;
  readonly cookie: string;
  readonly call: CallManagement;
}

/** Creates a portal link with the admin key, and returns its id and its address. */
export async function createPortalLink(
  server: Server,
  { appId, siteId, origin = "https://product.example", pages }: PortalRequest,
): Promise<{ linkId: string; url: string }> {
  const owner = appId === undefined ? `sites/${siteId}` : `apps/${appId}`;
  const { body, status } = await managementCaller(server)(`POST /${owner}/portal-links`, {
    body: { pages, origin },
  });
  if (status !== 200) throw new Error(`Creating a portal link got ${status}: ${body.message}`);
  return { linkId: String(body.linkId), url: String(body.url) };
}

/** Creates a portal link and uses it. */
export async function openPortal(server: Server, request: PortalRequest): Promise<TestPortal> {
  const { linkId, url } = await createPortalLink(server, request);
  const cookie = cookieOf(await fetch(url, { redirect: "manual" }));
  return { linkId, cookie, call: portalCaller(server, { linkId, cookie }) };
}

/** Calls the management API as the pages of a portal do. */
export function portalCaller(
  server: Server,
  { cookie, linkId }: Pick<TestPortal, "linkId" | "cookie">,
): CallManagement {
  const own = { cookie, "latchkey-portal": linkId, origin: server.url, "sec-fetch-site": "same-origin" };
  return async (operation, sent = {}) =>
    await sendManagement(server, operation, { ...sent, headers: { ...own, ...sent.headers } });
}
