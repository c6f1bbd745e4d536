/**
 * Whether a page of this origin sent a request: `Origin` must be exactly ours, and `Sec-Fetch-Site` must not contradict it.
 * Pages with `Referrer-Policy: no-referrer` send `Origin: null` with their forms; then `Sec-Fetch-Site` alone decides.
 */
export function isFromOwnOrigin(headers: Headers, publicUrl: string): boolean {
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin") ?? "null";
  if (origin === "null") return site === "same-origin";
  return origin === publicUrl && (site ?? "same-origin") === "same-origin";
}
