import type { InstanceParameter } from "@latchkey/protocol";
import type { Clock } from "../clock.ts";
import { invalidParameter, readInstanceParameter } from "./instance-parameter.ts";

/** How the pages of an app are opened. */
export interface PageOptions {
  /** Secrets that may have signed the parameter. Default: the `appSecret`; name the one before too while you replace it. */
  readonly secrets?: readonly string[] | undefined;
  /** Milliseconds after it was signed for which a parameter is taken. Default: 4 hours. */
  readonly maxAge?: number | undefined;
}

/** Which visitors a page is for. */
export interface PageRule {
  /** Lets visitors of the site in, who are not signed in. Default: false, as a page of the dashboard needs it. */
  readonly visitors?: boolean | undefined;
}

/** Who looks at a page. */
export interface Viewer {
  readonly instanceId: string;
  /** Undefined when nobody is signed in. */
  readonly userId: string | undefined;
  /** The user's role on the site, such as `OWNER`; empty when it has none. */
  readonly permissions: string;
  /** All that the parameter says. */
  readonly parameter: InstanceParameter;
}

interface PageCheck {
  readonly appId: string;
  readonly clock: Clock;
  readonly secrets: readonly string[];
  readonly maxAge: number | undefined;
}

/** Checks the request for a page, or one that the page sends to its own server with the parameter. */
export async function authenticatePage(
  request: Request,
  rule: PageRule,
  { appId, ...check }: PageCheck,
): Promise<Viewer> {
  const value = parameterOf(request);
  if (value === undefined) {
    throw invalidParameter("missing", "is missing: pages are opened from the platform, with ?instance=");
  }
  const parameter = await readInstanceParameter(value, check);
  const { aid, appDefId, instanceId, permissions, uid } = parameter;
  if (appDefId !== undefined && appDefId.toLowerCase() !== appId.toLowerCase()) {
    throw invalidParameter("wrong_app", "is for another app");
  }
  if (aid !== undefined && rule.visitors !== true) {
    throw invalidParameter(
      "visitor",
      "is of a visitor of the site, who may not open a page of the dashboard",
    );
  }
  return { instanceId, userId: uid ?? undefined, permissions: permissions ?? "", parameter };
}

/** In the URL, where the platform puts it, or in the header in which pages send it on. */
function parameterOf(request: Request): string | undefined {
  const inUrl = new URL(request.url).searchParams.getAll("instance");
  if (inUrl.length > 1) throw invalidParameter("malformed", "is there more than once");
  const header = request.headers.get("authorization")?.replace(/^Bearer +/i, "");
  return inUrl[0] ?? header ?? undefined;
}
