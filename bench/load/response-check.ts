import type { ResponseCheck } from "./job.ts";

const jws = /^(OauthNG\.JWS\.)?[\w-]+\.[\w-]+\.[\w-]{86}$/;

/** Returns what is wrong with a response, or undefined. The text never contains the body, which may be a token. */
export function problemOf(check: ResponseCheck, status: number, body: string): string | undefined {
  if (status !== 200) return `status ${status}`;
  if (check.kind === "status") return undefined;
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(body);
  } catch {
    return "the body is not JSON";
  }
  switch (check.kind) {
    case "access-token": {
      const { access_token, token_type, expires_in } = json;
      const isToken = typeof access_token === "string" && jws.test(access_token);
      return isToken && token_type === "Bearer" && expires_in === 14_400 ? undefined : "no access token";
    }
    case "active":
      return json.active === check.active ? undefined : `active is not ${check.active}`;
    case "products": {
      const { products, totalResults } = json;
      const counted = Array.isArray(products) && products.length === check.count;
      return counted && totalResults === check.total ? undefined : "other products than the seeded ones";
    }
    case "json":
      return undefined;
  }
}
