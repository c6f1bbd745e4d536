import { canonicalGuid } from "@latchkey/protocol";
import { z } from "zod";
import type { Database, RandomBytes } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import type { Route, RouteCall } from "../../infrastructure/routes/index.ts";
import { findFrameOrigin } from "../extensions/index.ts";
import { type BuiltDashboard, type BuiltFile, noncePlaceholder } from "./dashboard-files.ts";

/** Where the dashboard begins. */
export const dashboardPath = "/dashboard";

/** What the page of the dashboard needs. */
export interface DashboardDependencies {
  /** Undefined when it is not built: then there are no routes. */
  readonly dashboard: BuiltDashboard | undefined;
  readonly database: Pick<Database, "read">;
  readonly publicUrl: string;
  readonly random: RandomBytes;
}

const shared = { method: "GET", access: { kind: "anyone" }, tag: "Dashboard" } as const;

/**
 * The page of the dashboard at every address below `/dashboard`, and its files. The page is the same for everybody; its
 * data needs a session.
 */
export function dashboardRoutes(deps: DashboardDependencies): readonly Route[] {
  const { dashboard, random } = deps;
  if (dashboard === undefined) return [];
  return [
    fileRoute("scripts", { files: dashboard.scripts, contentType: "text/javascript" }),
    fileRoute("styles", { files: dashboard.styles, contentType: "text/css" }),
    {
      ...shared,
      path: dashboardPath,
      aliases: [`${dashboardPath}/{path*}`],
      parameters: { path: z.string() },
      operationId: "getDashboard",
      summary: "Get the dashboard",
      responses: { 200: { description: "The page", schema: z.string(), contentType: "text/html" } },
      async respond({ parameters }) {
        const frames = await framesOf(deps, parameters.path ?? "");
        return dashboardPage({ dashboard, random, frames });
      },
    },
  ];
}

interface Frames {
  /** The only origin that may show the page in a frame. Default: none. */
  readonly framedBy?: string;
  /** The only origin that the page may show in a frame. Default: none. */
  readonly frames?: string | undefined;
}

interface DashboardPage extends Frames {
  readonly dashboard: BuiltDashboard;
  readonly random: RandomBytes;
}

/** The page of the dashboard, as a response. */
export function dashboardPage({ dashboard, random, ...frames }: DashboardPage): Response {
  const nonce = Buffer.from(random(16)).toString("base64");
  const page = dashboard.page.replaceAll(noncePlaceholder, nonce);
  return new Response(page, { headers: pageHeaders(nonce, frames) });
}

function fileRoute(
  kind: "scripts" | "styles",
  { contentType, files }: { files: ReadonlyMap<string, BuiltFile>; contentType: string },
): Route {
  const name = kind === "scripts" ? "script" : "style";
  return {
    ...shared,
    path: `${dashboardPath}/${kind}/{${name}}`,
    parameters: { [name]: z.string() },
    operationId: kind === "scripts" ? "getDashboardScript" : "getDashboardStyle",
    summary: `Get one of the ${kind} of the dashboard`,
    responses: { 200: { description: "The file", schema: z.string(), contentType } },
    errors: ["FILE_NOT_FOUND"],
    async respond(call) {
      const file = files.get(call.parameters[name] ?? "");
      if (file === undefined) throw new ApiError("FILE_NOT_FOUND");
      return await fileResponse(call, file, contentType);
    },
  };
}

async function fileResponse({ request }: RouteCall, file: BuiltFile, contentType: string): Promise<Response> {
  const headers = {
    "content-type": `${contentType}; charset=utf-8`,
    "cache-control": "public, max-age=31536000, immutable",
    vary: "accept-encoding",
    "x-content-type-options": "nosniff",
  };
  if (!/\bgzip\b/.test(request.headers.get("accept-encoding") ?? ""))
    return new Response(file.bytes, { headers });
  return new Response(await file.gzipped(), { headers: { ...headers, "content-encoding": "gzip" } });
}

const framePage = /^sites\/[^/]+\/pages\/[^/]+\/([^/]+)$/;

/** The origin that may be in a frame: at the address of a page of an app, that of this page if it is not our own. */
async function framesOf(
  { database, publicUrl }: DashboardDependencies,
  path: string,
): Promise<string | undefined> {
  const extensionId = canonicalGuid(framePage.exec(path)?.[1] ?? "");
  const origin = extensionId && (await findFrameOrigin(database.read, extensionId));
  return origin === publicUrl ? undefined : origin;
}

/** Everything comes from this origin, except a page of an app in its frame. Styles that a script adds need the nonce. */
function pageHeaders(nonce: string, { framedBy, frames }: Frames): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    ...(frames === undefined ? [] : [`frame-src ${frames}`]),
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${framedBy ?? "'none'"}`,
  ];
  return {
    "content-type": "text/html; charset=utf-8",
    "cache-control": framedBy === undefined ? "no-cache" : "no-store",
    "content-security-policy": policy.join("; "),
    "cross-origin-opener-policy": "same-origin",
    // A change needs the exact `Origin`, which `no-referrer` would hide.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    ...(framedBy === undefined && { "x-frame-options": "DENY" }),
  };
}
