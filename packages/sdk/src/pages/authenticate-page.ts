import { type InstanceParameter, parseBearerToken } from "@latchkey/protocol";
import type { Clock } from "../clock.ts";
import { invalidParameter, readInstanceParameter } from "./instance-parameter.ts";

/** Options of pages. */
export interface PageOptions {
  /**
   * The secrets that can have signed the parameter. Default: `appSecret`. During a rotation, pass the old and the new
   * secret.
   */
  readonly secrets?: readonly string[] | undefined;
  /** The maximum age of a parameter, in milliseconds. Default: 4 hours. */
  readonly maxAge?: number | undefined;
}

/** The visitors that a page is for. */
export interface PageRule {
  /** Whether to accept visitors who are not signed in. Default: false, for pages of the dashboard. */
  readonly visitors?: boolean | undefined;
}

/** The user or visitor who opened a page. */
export interface Viewer {
  readonly instanceId: string;
  /** The ID of the user; undefined when no user is signed in. */
  readonly userId: string | undefined;
  /** The user's role on the site, such as `OWNER`; empty without a role. */
  readonly permissions: string;
  /** All fields of the parameter. */
  readonly parameter: InstanceParameter;
}

interface PageCheck {
  readonly appId: string;
  readonly clock: Clock;
  readonly secrets: readonly string[];
  readonly maxAge: number | undefined;
}

/** Verifies the instance parameter of a request: of the page itself, or from the page to the app's server. */
export async function authenticatePage(
  request: Request,
  rule: PageRule,
  { appId, ...check }: PageCheck,
): Promise<Viewer> {
  const value = parameterOf(request);
  if (value === undefined) {
    throw invalidParameter(
      "missing",
      "is missing. Open the page from the platform, which adds ?instance= to the URL",
    );
  }
  const parameter = await readInstanceParameter(value, check);
  const { aid, appDefId, instanceId, permissions, uid } = parameter;
  if (appDefId !== undefined && appDefId.toLowerCase() !== appId.toLowerCase()) {
    throw invalidParameter("wrong_app", "is for another app. Check appId");
  }
  if (aid !== undefined && rule.visitors !== true) {
    throw invalidParameter(
      "visitor",
      "belongs to a visitor of the site, but this page is for signed-in users",
    );
  }
  return { instanceId, userId: uid ?? undefined, permissions: permissions ?? "", parameter };
}

/** Reads the parameter from the query, or from the header `Authorization`. */
function parameterOf(request: Request): string | undefined {
  const inUrl = new URL(request.url).searchParams.getAll("instance");
  if (inUrl.length > 1) throw invalidParameter("malformed", "is repeated in the URL");
  return inUrl[0] ?? parseBearerToken(request.headers.get("authorization"));
}
