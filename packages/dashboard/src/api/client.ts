import createClient, { type Middleware } from "openapi-fetch";
import { portalHeaders } from "./address.ts";
import { noteReachable, noteUnreachable } from "./connection.ts";
import type { paths } from "./openapi.d.ts";
import { readProblem } from "./problem.ts";

const unreachableStatuses = [502, 503, 504];

/** Turns every response that is not a success into a thrown `Problem`, and tells the connection what it saw. */
const problems: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return noteReachable();
    if (unreachableStatuses.includes(response.status)) noteUnreachable();
    throw await readProblem(response);
  },
  onError() {
    noteUnreachable();
  },
};

/** The HTTP API, with the session cookie of the browser, or of the portal. Every call throws `Problem`; the browser adds `Origin`. */
export const api = createClient<paths>({
  baseUrl: globalThis.location.origin,
  headers: portalHeaders,
});
api.use(problems);

/** A header with which a POST that is sent again after a lost response is done once. */
export type IdempotencyKey = { readonly "Idempotency-Key": string };

/** A new key, for one change. */
export function newIdempotencyKey(): IdempotencyKey {
  return { "Idempotency-Key": crypto.randomUUID() };
}
