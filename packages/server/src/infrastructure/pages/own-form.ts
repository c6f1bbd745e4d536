import { ApiError } from "../errors/index.ts";

/**
 * Throws `FORM_FROM_ANOTHER_SITE` unless a page of this origin, outside of a frame, sent the request. Browsers send
 * `Sec-Fetch-Site` to secure origins; older ones send `Origin`.
 */
export function requireOwnForm({ headers }: Request, publicUrl: string): void {
  const site = headers.get("sec-fetch-site");
  const isOwn = site === null ? headers.get("origin") === publicUrl : site === "same-origin";
  const isTop = (headers.get("sec-fetch-dest") ?? "document") === "document";
  if (!isOwn || !isTop) throw new ApiError("FORM_FROM_ANOTHER_SITE");
}
