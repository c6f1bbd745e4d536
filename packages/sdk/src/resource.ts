import type { Connection, ResourceOptions, Subject } from "./connection.ts";

/** Sends requests to an API other than the platform's own, with tokens for it alone. */
export interface ResourceHandle {
  /**
   * `fetch` with an access token for this API in the `Authorization` header; it keeps, renews and retries as the
   * `fetchWithAuth` of the platform's own APIs does.
   *
   * @param pathOrUrl a path under the API's URL, or a URL that lies under it
   * @throws {LatchkeyError} `foreign_host`, `token_request_failed` (`invalid_target` when the identifier is not
   *   registered), `unexpected_response` (a redirect), `timeout`, `network`, `aborted`, `missing_credentials`
   */
  fetchWithAuth(pathOrUrl: string | URL, init?: RequestInit): Promise<Response>;
}

/** Acts on other APIs too. */
export interface ResourceCaller {
  /**
   * The handle of an API other than the platform's own: cheap, without I/O. Its tokens are its own, and go to its URL
   * only.
   *
   * @throws {LatchkeyError} `invalid_api_url` or `insecure_api_url`
   * @throws {TypeError} when `identifier` is missing, or is that of the platform
   * @example
   * const bookings = client.resource({
   *   identifier: "urn:example:bookings",
   *   url: "https://api.example.com",
   * });
   * const response = await bookings.fetchWithAuth("/bookings");
   */
  resource(options: ResourceOptions): ResourceHandle;
}

/** Binds other APIs to whom calls are made for. */
export function createResourceCaller(connection: Connection, subject: Subject): ResourceCaller {
  return {
    resource(options) {
      const { fetchWithAuth } = connection.resourceFor(subject, options);
      return Object.freeze({ fetchWithAuth });
    },
  };
}
