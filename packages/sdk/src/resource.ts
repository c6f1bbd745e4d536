import type { Connection, ResourceOptions, Subject } from "./connection.ts";

/** Sends requests to an API other than the platform's own, with tokens for that API. */
export interface ResourceHandle {
  /**
   * Calls `fetch` with an access token for this API in the `Authorization` header. Tokens are cached and renewed, and
   * requests are retried, as in `fetchWithAuth` of the client.
   *
   * @param pathOrUrl a path below the API's URL, or a full URL below it
   * @throws {LatchkeyError} `foreign_host`, `token_request_failed` (with the reason `invalid_target` when the
   *   identifier is not registered), `unexpected_response` (a redirect), `timeout`, `network`, `aborted`,
   *   `missing_credentials`
   */
  fetchWithAuth(pathOrUrl: string | URL, init?: RequestInit): Promise<Response>;
}

/** Calls APIs other than the platform's own. */
export interface ResourceCaller {
  /**
   * Returns the handle of an API other than the platform's own. It makes no request. Tokens for this API are sent
   * only to its URL.
   *
   * @throws {LatchkeyError} `invalid_api_url` or `insecure_api_url`
   * @throws {TypeError} when `identifier` is missing, or is the platform's own
   * @example
   * const bookings = client.resource({
   *   identifier: "urn:example:bookings",
   *   url: "https://api.example.com",
   * });
   * const response = await bookings.fetchWithAuth("/bookings");
   */
  resource(options: ResourceOptions): ResourceHandle;
}

/** Creates the method `resource` for a subject. */
export function createResourceCaller(connection: Connection, subject: Subject): ResourceCaller {
  return {
    resource(options) {
      const { fetchWithAuth } = connection.resourceFor(subject, options);
      return Object.freeze({ fetchWithAuth });
    },
  };
}
