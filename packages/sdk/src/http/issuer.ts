const loopback = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?=(?::\d+)?$)/;

/** Whether two issuers are equal. Loopback names with the same port are one issuer, for development. */
export function isSameIssuer(expected: string, issuer: unknown): boolean {
  if (expected === issuer) return true;
  if (typeof issuer !== "string" || !loopback.test(expected) || !loopback.test(issuer)) return false;
  return expected.replace(loopback, "") === issuer.replace(loopback, "");
}
