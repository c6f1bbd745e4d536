import { type ApiHost, ownCaller } from "../api-call.ts";
import { LatchkeyError } from "../errors.ts";
import type { Success, Transport } from "../transport.ts";
import { keepThroughRewriting } from "./rewritten-error.ts";

/** The host that the third-party modules are shown: they choose their paths by it. */
const platformHost = "www.wixapis.com";
/** Characters of a query string above which a module's request goes as its fallback has it. */
const maxQueryLength = 4_000;

/** A request as a third-party module describes it. */
interface RestRequest {
  readonly method: string;
  /** Path, beginning with a slash. */
  readonly url: string;
  readonly data?: unknown;
  readonly params?: URLSearchParams;
  readonly fallback?: readonly RestRequest[];
  readonly transformResponse?: Transform | readonly Transform[];
  readonly migrationOptions?: { readonly optInTransformResponse?: boolean };
}

type Transform = (data: unknown) => unknown;

/** What a third-party module gets back. */
interface RestResponse {
  readonly data: unknown;
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
}

/** A client as our modules and the REST modules of the third-party packages need it. */
export interface RestHost extends ApiHost {
  /** @throws {LatchkeyError} whatever a call can throw, in the form that a module's own error handling leaves alone */
  request(describe: (context: { readonly host: string }) => RestRequest): Promise<RestResponse>;
  fetchWithAuth(url: string | URL, init?: RequestInit): Promise<Response>;
  getAuthHeaders(): Promise<{ readonly headers: Readonly<Record<string, string>> }>;
}

/** Shows `transport` to modules, the third-party ones included: their requests go to the platform's URL. */
export function createRestHost(transport: Transport): RestHost {
  return {
    [ownCaller]: transport,
    wixAPIFetch: transport.fetchWithAuth,
    fetchWithAuth: transport.fetchWithAuth,
    getAuthHeaders: transport.getAuthHeaders,
    async request(describe) {
      const described = describe({ host: platformHost });
      try {
        return restResponse(described, await send(transport, described));
      } catch (error) {
        throw LatchkeyError.is(error) ? keepThroughRewriting(error) : error;
      }
    },
  };
}

function send(transport: Transport, described: RestRequest): Promise<Success> {
  const tooLong = described.method === "GET" && String(described.params ?? "").length > maxQueryLength;
  const { data, method, params, url } = (tooLong ? described.fallback?.[0] : undefined) ?? described;
  const query = String(params ?? "");
  return transport.exchange({
    method,
    path: url,
    ...(query === "" ? {} : { query }),
    ...(data === undefined ? {} : { body: data }),
    // What reads by GET still reads when it is too long for that.
    idempotent: described.method === "GET",
  });
}

function restResponse({ migrationOptions, transformResponse }: RestRequest, success: Success): RestResponse {
  const transforms = migrationOptions?.optInTransformResponse ? [transformResponse].flat() : [];
  const [transform] = transforms as readonly (Transform | undefined)[];
  return { ...success, data: transform?.(success.data) ?? success.data, statusText: "" };
}
