import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import type { PortalLinksTable } from "../../infrastructure/database/index.ts";
import type { ApiErrorCode } from "../../infrastructure/errors/index.ts";
import {
  change,
  list,
  type ManagementRoute,
  type Principal,
  pageOf,
  requireScope,
} from "../../infrastructure/management/index.ts";
import {
  type PortalPage,
  pageAddressViolation,
  portalPages,
  type Route,
  time,
} from "../../infrastructure/routes/index.ts";
import type { PortalOwner } from "./portal-links.queries.ts";
import type { PortalLinks } from "./portal-links.ts";

const tag = "Portal";

export interface PortalRouteDependencies {
  /** Whether `http` is allowed for origins on loopback. */
  readonly development: boolean;
  readonly portalLinks: PortalLinks;
}

/** How a portal looks, in requests and responses. */
const portalTheme = z.strictObject({
  colorScheme: z.enum(["light", "dark", "auto"]).optional().meta({ description: "Default: auto" }),
  primaryColor: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, "must be a colour as #rrggbb, such as #1971c2")
    .optional()
    .meta({ description: "Of buttons and of what is selected, as #rrggbb", example: "#1971c2" }),
});

const portalLink = z
  .object({
    linkId: z.guid(),
    appId: z.guid().nullable(),
    siteId: z.guid().nullable(),
    pages: z.array(z.string()),
    origin: z.string(),
    theme: portalTheme,
    createdBy: z.string(),
    createdAt: time,
    usedAt: time.nullable().meta({ description: "When the session began; null before that" }),
    expiresAt: time.meta({ description: "When the link expires, or its session ends" }),
  })
  .meta({ id: "PortalLink", description: "A link to pages of an app or a site, or its session" });

const createdPortalLink = z
  .object({
    linkId: z.guid(),
    url: z.string().meta({ description: "The address of the frame. Shown this once" }),
    expiresAt: time,
  })
  .meta({
    id: "CreatedPortalLink",
    description: "Works once, for 5 minutes, and begins a session of an hour",
  });

/**
 * Routes that create, list and delete portal links, for keys and operators.
 *
 * @param routes the routes that pages of portals call
 */
export function portalLinkRoutes(
  deps: PortalRouteDependencies,
  routes: readonly Route[],
): readonly ManagementRoute[] {
  const scopes = scopesOfPages(routes);
  return [...routesOf(ofApp, deps, scopes), ...routesOf(ofSite, deps, scopes), deletion(deps)];
}

/** What has portal links: an app or a site. */
interface OwnerKind {
  readonly path: "/apps/{appId}/portal-links" | "/sites/{siteId}/portal-links";
  /** In operation ids and summaries. */
  readonly name: "App" | "Site";
  readonly pages: (typeof portalPages)["app" | "site"];
  readonly errors: readonly ApiErrorCode[];
  ownerOf(ids: { readonly appId: string; readonly siteId: string }): PortalOwner;
}

const ofApp: OwnerKind = {
  ...{ path: "/apps/{appId}/portal-links", name: "App", pages: portalPages.app },
  errors: ["APP_NOT_FOUND"],
  ownerOf: ({ appId }) => ({ appId }),
};

const ofSite: OwnerKind = {
  ...{ path: "/sites/{siteId}/portal-links", name: "Site", pages: portalPages.site },
  errors: ["SITE_NOT_FOUND"],
  ownerOf: ({ siteId }) => ({ siteId }),
};

function routesOf(
  { errors, name, ownerOf, pages, path }: OwnerKind,
  { development, portalLinks }: PortalRouteDependencies,
  scopes: PageScopes,
): readonly ManagementRoute[] {
  const owner = name === "App" ? "an app" : "a site";
  return [
    list({
      path,
      tag,
      operationId: `listPortalLinksOf${name}`,
      summary: `List the portal links of ${owner} that have not expired, and their sessions that have not ended`,
      scope: "portal-links:read",
      errors,
      item: portalLink,
      find: async ({ db, ids, page }) => pageOf(await portalLinks.list(db, ownerOf(ids)), page, linkIdOf),
      position: linkIdOf,
      show: showLink,
    }),
    change({
      method: "POST",
      path,
      tag,
      operationId: `createPortalLinkOf${name}`,
      summary: `Create a link that shows pages of ${owner} in a frame of your product, once`,
      scope: "portal-links:write",
      errors: [...errors, ...(name === "App" ? (["APP_DISABLED"] as const) : []), "TOO_MANY_PORTAL_LINKS"],
      example: { pages: pages.slice(-2), origin: "https://product.example.com" },
      body: z.strictObject({
        pages: z
          .array(z.enum(pages))
          .min(1)
          .max(pages.length)
          .meta({ description: "The portal shows these pages, and begins with the first one" }),
        origin: frameOrigin(development),
        theme: portalTheme.optional(),
      }),
      response: createdPortalLink,
      async handle({ trx, actor, body: { theme = {}, ...body }, ids, principal }) {
        requirePageScopes(principal, body.pages, scopes);
        return showCreated(await portalLinks.create(trx, actor, { ...body, theme, owner: ownerOf(ids) }));
      },
    }),
  ];
}

function deletion({ portalLinks }: PortalRouteDependencies): ManagementRoute {
  return change({
    method: "DELETE",
    path: "/portal-links/{linkId}",
    tag,
    operationId: "deletePortalLink",
    summary: "Delete a portal link; its session ends at once",
    scope: "portal-links:write",
    servesBoundKeys: true,
    errors: ["PORTAL_LINK_NOT_FOUND"],
    handle: ({ trx, actor, ids: { linkId }, principal: { appId } }) =>
      portalLinks.delete(trx, actor, { linkId, appId }),
  });
}

const linkIdOf = (link: PortalLinksTable): string => link.link_id;

/** An origin in its serialized form, with which `frame-ancestors` can be compared. */
function frameOrigin(development: boolean) {
  const schema = z
    .string()
    .max(300)
    .superRefine((value, context) => {
      const violation = pageAddressViolation(value, { loopback: development }) ?? originViolation(value);
      if (violation !== undefined) {
        context.addIssue({ code: "custom", message: violation, params: { rule: "FORMAT" } });
      }
    });
  return schema.meta({
    description:
      "The only origin whose pages may show the portal in a frame, such as https://product.example.com",
  });
}

/** A host may have characters with a meaning in a policy, such as `*` and `;`. */
function originViolation(value: string): string | undefined {
  const isOrigin = /^https?:\/\/[a-z0-9.-]+(:\d+)?$/.test(value) && new URL(value).origin === value;
  return isOrigin
    ? undefined
    : "must be an origin, such as https://product.example.com, with nothing after it";
}

type PageScopes = ReadonlyMap<PortalPage, ReadonlySet<string>>;

/** The scopes of the routes that each page calls. */
function scopesOfPages(routes: readonly Route[]): PageScopes {
  const scopes = new Map<PortalPage, Set<string>>();
  for (const { access } of routes) {
    if (access.kind !== "api-key" || access.portal === undefined || access.portal === "every") continue;
    for (const page of access.portal) scopes.set(page, (scopes.get(page) ?? new Set()).add(access.scope));
  }
  return scopes;
}

/** A key gives away only what it has: throws `PERMISSION_DENIED`, which names the scope that a page needs. */
function requirePageScopes(principal: Principal, pages: readonly PortalPage[], scopes: PageScopes): void {
  for (const page of pages) {
    for (const scope of scopes.get(page) ?? []) requireScope(principal, scope);
  }
}

function showLink(link: PortalLinksTable): z.input<typeof portalLink> {
  return {
    linkId: link.link_id,
    appId: link.app_id,
    siteId: link.site_id,
    pages: JSON.parse(link.pages),
    origin: link.origin,
    theme: JSON.parse(link.theme),
    createdBy: link.created_by,
    createdAt: isoTime(link.created_at),
    usedAt: link.used_at === null ? null : isoTime(link.used_at),
    expiresAt: isoTime(link.expires_at),
  };
}

function showCreated({ link, url }: { link: PortalLinksTable; url: string }) {
  return { linkId: link.link_id, url, expiresAt: isoTime(link.expires_at) };
}
