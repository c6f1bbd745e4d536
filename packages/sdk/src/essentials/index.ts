import type { TokenInfo } from "@latchkey/protocol";
import type { ApiHost } from "../api-call.ts";
import { type CallContext, contextOf, type HasContext, withoutContext } from "../context.ts";
import { currentContext, runWithContext } from "./context-storage.ts";
import { noContextError } from "./wix-context.ts";

export { type EnvironmentCredentials, fromEnvironment } from "./environment.ts";

/** @throws {LatchkeyError} `no_context` */
function requireContext(): CallContext {
  const context = currentContext();
  if (context === undefined) throw noContextError();
  return context;
}

/** Sends requests without credentials in code. */
export interface HttpClient {
  /**
   * `fetch` with the access token of whoever this code runs for: the instance that a handler was called for, the
   * user of a page in `runAs`, else the instance that the environment names.
   *
   * @param pathOrUrl a path of the platform's API, or a URL at the same origin
   * @throws {LatchkeyError} `no_context`, and what `fetchWithAuth` of a client throws
   * @example
   * import { httpClient } from "@latchkey/sdk/essentials";
   *
   * const response = await httpClient.fetchWithAuth("/apps/v1/instance");
   */
  fetchWithAuth(pathOrUrl: string | URL, init?: RequestInit): Promise<Response>;
}

/** Asks and changes for whom code runs. */
export interface Auth {
  /**
   * What the token is that calls are sent with here.
   *
   * @throws {LatchkeyError} `no_context`, `token_request_failed`, `unexpected_response`, `timeout`, `network`
   */
  getTokenInfo(): Promise<TokenInfo>;
  /**
   * Makes a function of a module act as the app, where calls act as the user of a page otherwise.
   *
   * @param method a function of a module of ours or of the third-party packages, not of a client
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
  // Asynchronous also where there is no context, as all its errors come.
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
 * Runs code, and all that it awaits, for somebody: an instance, or the user that `app.authenticate.user` gives.
 * Handlers of the app need it not; they run for whom they are called already.
 *
 * @example
 * import { createApp } from "@latchkey/sdk";
 * import { fromEnvironment, httpClient, runAs } from "@latchkey/sdk/essentials";
 *
 * const app = createApp(fromEnvironment());
 * export async function response(request: Request): Promise<Response> {
 *   const { user } = await app.authenticate.user(request);
 *   return await runAs(user, () => httpClient.fetchWithAuth("/apps/v1/instance"));
 * }
 */
export function runAs<Result>(who: HasContext, work: () => Result): Result {
  return runWithContext(who[contextOf](), work);
}
