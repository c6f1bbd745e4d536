import { type ApiHost, ownCaller } from "../api-call.ts";
import { LatchkeyError } from "../errors.ts";
import type { Success, Transport } from "../transport.ts";
import { keepThroughRewriting } from "./rewritten-error.ts";

/** The host name for third-party modules, which select their paths by it. */
const platformHost = "www.wixapis.com";
/** The maximum length of a query string, in characters. Longer requests use the module's fallback. */
const maxQueryLength = 4_000;

/** A request of a third-party module. */
interface RestRequest {
  readonly method: string;
  /** The path, starting with a slash. */
  readonly url: string;
  readonly data?: unknown;
  readonly params?: URLSearchParams;
  readonly fallback?: readonly RestRequest[];
  readonly transformResponse?: Transform | readonly Transform[];
  readonly migrationOptions?: { readonly optInTransformResponse?: boolean };
}

type Transform = (data: unknown) => unknown;

/** The response for a third-party module. */
interface RestResponse {
  readonly data: unknown;
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
}

/** The client for our modules and for REST modules of the third-party packages. */
export interface RestHost extends ApiHost {
  /**
   * Sends a request of a third-party module.
   *
   * @throws {LatchkeyError} every error of a call, in a form that survives the error handling of third-party modules
   */
  request(describe: (context: { readonly host: string }) => RestRequest): Promise<RestResponse>;
  fetchWithAuth(url: string | URL, init?: RequestInit): Promise<Response>;
  getAuthHeaders(): Promise<{ readonly headers: Readonly<Record<string, string>> }>;
}

/** Creates a host from a transport. Requests of modules are sent to the URL of the platform. */
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
    // The fallback of a long GET is a POST, which also only reads.
    idempotent: described.method === "GET",
  });
}

function restResponse({ migrationOptions, transformResponse }: RestRequest, success: Success): RestResponse {
  const transforms = migrationOptions?.optInTransformResponse ? [transformResponse].flat() : [];
  const [transform] = transforms as readonly (Transform | undefined)[];
  return { ...success, data: transform?.(success.data) ?? success.data, statusText: "" };
}
