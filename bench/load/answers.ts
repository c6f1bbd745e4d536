import type { AnswerCheck } from "./job.ts";

const jws = /^(OauthNG\.JWS\.)?[\w-]+\.[\w-]+\.[\w-]{86}$/;

/** Tells what is wrong with an answer, or undefined when nothing is. Never repeats the answer: it may be a token. */
export function faultOf(check: AnswerCheck, status: number, body: string): string | undefined {
  if (status !== 200) return `status ${status}`;
  if (check.kind === "status") return undefined;
  let answer: Record<string, unknown>;
  try {
    answer = JSON.parse(body);
  } catch {
    return "the body is no JSON";
  }
  switch (check.kind) {
    case "access-token": {
      const { access_token, token_type, expires_in } = answer;
      const isToken = typeof access_token === "string" && jws.test(access_token);
      return isToken && token_type === "Bearer" && expires_in === 14_400 ? undefined : "no access token";
    }
    case "active":
      return answer.active === check.active ? undefined : `active is not ${check.active}`;
    case "products": {
      const { products, totalResults } = answer;
      const counted = Array.isArray(products) && products.length === check.count;
      return counted && totalResults === check.total ? undefined : "other products than planted";
    }
    case "json":
      return undefined;
  }
}
