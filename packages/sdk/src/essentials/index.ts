import type { TokenInfo } from "@latchkey/protocol";
import type { ApiHost } from "../api-call.ts";
import { type CallContext, contextOf, type HasContext, withoutContext } from "../context.ts";
import { currentContext, runWithContext } from "./context-storage.ts";
import { noContextError } from "./wix-context.ts";

export { type EnvironmentCredentials, fromEnvironment } from "../options/environment.ts";

/**
 * Returns the current context.
 *
 * @throws {LatchkeyError} `no_context`
 */
function requireContext(): CallContext {
  const context = currentContext();
  if (context === undefined) throw noContextError();
  return context;
}

/** Sends requests with the access token of the current context, so that code needs no credentials. */
export interface HttpClient {
  /**
   * Calls `fetch` with the access token of the current context: the instance of the running handler, the user or
   * instance of `runAs`, else the instance of the environment.
   *
   * @param pathOrUrl a path of the platform's API, or a URL at the same origin
   * @throws {LatchkeyError} `no_context`, and the errors of `fetchWithAuth` of a client
   * @example
   * import { httpClient } from "@latchkey/sdk/essentials";
   *
   * const response = await httpClient.fetchWithAuth("/apps/v1/instance");
   */
  fetchWithAuth(pathOrUrl: string | URL, init?: RequestInit): Promise<Response>;
}

/** Reads and elevates the current context. */
export interface Auth {
  /**
   * Returns the platform's information about the current access token.
   *
   * @throws {LatchkeyError} `no_context`, `token_request_failed`, `unexpected_response`, `timeout`, `network`
   */
  getTokenInfo(): Promise<TokenInfo>;
  /**
   * Wraps a function of a module so that its calls act as the app, even when the current context is the user of a
   * page.
   *
   * @param method an unbound function of a module, ours or third-party
   * @example
   * import { auth } from "@latchkey/sdk/essentials";
   * import { products } from "@latchkey/sdk/stores";
   *
   * const createProduct = auth.elevate(products.createProduct);
   */
  elevate<Method extends (...args: never[]) => unknown>(method: (host: ApiHost) => Method): Method;
}

/** {@inheritDoc HttpClient} */
export const httpClient: HttpClient = Object.freeze({
  // Async, so that `no_context` is a rejection like all other errors.
  fetchWithAuth: async (pathOrUrl: string | URL, init?: RequestInit) =>
    requireContext().current.transport.fetchWithAuth(pathOrUrl, init),
});

/** {@inheritDoc Auth} */
export const auth: Auth = Object.freeze({
  async getTokenInfo() {
    const { tokenInfo, transport } = requireContext().current;
    return await tokenInfo(await transport.getToken());
  },
  elevate<Method extends (...args: never[]) => unknown>(method: (host: ApiHost) => Method): Method {
    const elevated = (...args: never[]): unknown => {
      const { host } = requireContext().elevated;
      return withoutContext(() => method(host))(...args);
    };
    return elevated as Method;
  },
});

/**
 * Runs code, including everything that it awaits, as an instance or as the user that `app.authenticate.user` returns.
 * Handlers of the app already run as their instance.
 *
 * @example
 * import { createApp } from "@latchkey/sdk";
 * import { fromEnvironment, httpClient, runAs } from "@latchkey/sdk/essentials";
 *
 * const app = createApp(fromEnvironment());
 * export async function respond(request: Request): Promise<Response> {
 *   const { user } = await app.authenticate.user(request);
 *   return await runAs(user, () => httpClient.fetchWithAuth("/apps/v1/instance"));
 * }
 */
export function runAs<Result>(handle: HasContext, work: () => Result): Result {
  return runWithContext(handle[contextOf](), work);
}
