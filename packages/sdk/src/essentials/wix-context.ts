import type { CallContext, SubjectClient } from "../context.ts";
import { LatchkeyError } from "../errors.ts";
import { createUncachedFetch } from "../http/uncached-fetch.ts";
import type { RestHost } from "../third-party/rest-host.ts";

/** The object that third-party modules read when they are called without a client. */
export interface WixContext {
  readonly client: WixClient;
  readonly elevatedClient: WixClient;
}

interface WixClient {
  /** Binds a module, or a function of a module, to the context. */
  use(module: unknown): unknown;
  fetchWithAuth(url: string | URL, init?: RequestInit): Promise<Response>;
  readonly auth: object;
}

/** Converts a context to the form that third-party modules read, including `@wix/essentials`. */
export function createWixContext({ current, elevated }: CallContext): WixContext {
  return { client: clientOf(current), elevatedClient: clientOf(elevated) };
}

function clientOf(client: SubjectClient): WixClient {
  const { transport } = client;
  return {
    use: (module) => use(module, client),
    fetchWithAuth: transport.fetchWithAuth,
    auth: {
      getAuthHeaders: transport.getAuthHeaders,
      getTokenInfo: async () => client.tokenInfo(await transport.getToken()),
    },
  };
}

type Method = (...args: unknown[]) => unknown;

function use(module: unknown, client: SubjectClient): unknown {
  if (typeof module === "function") return bind(module as (host: object) => unknown, client);
  if (typeof module !== "object" || module === null) return module;
  return Object.fromEntries(Object.entries(module).map(([name, member]) => [name, use(member, client)]));
}

/** Thrown into a module that requests a token synchronously before a token is available. */
const noTokenYet: unique symbol = Symbol("no token yet");

/** Binds immediately, because at the time of the call the module would find a context again. */
function bind(unbound: (host: object) => unknown, client: SubjectClient): unknown {
  let token: string | undefined;
  const host: RestHost & { getActiveToken(): string } = {
    ...client.host,
    getActiveToken() {
      if (token !== undefined) return token;
      throw noTokenYet;
    },
  };
  const method = unbound(host);
  if (typeof method !== "function") return method;
  return (...args: unknown[]) => {
    const call = (): unknown => withPlatformFetch(client, () => (method as Method)(...args));
    const result = call();
    if (!(result instanceof Promise)) return result;
    return result.catch(async (error: unknown) => {
      if (error !== noTokenYet) throw error;
      token = await client.transport.getToken();
      return await call();
    });
  };
}

/**
 * One third-party function calls token-info with the global `fetch` at its own platform. It reads `fetch` before its
 * first `await`, so no other code sees the replacement.
 */
function withPlatformFetch<Result>({ resolve }: SubjectClient, work: () => Result): Result {
  const { fetch } = globalThis;
  const send = createUncachedFetch(fetch);
  globalThis.fetch = (input, init) => {
    const elsewhere = typeof input === "string" && input.startsWith("https://www.wixapis.com/");
    return send(elsewhere ? resolve(input) : input, init);
  };
  try {
    return work();
  } finally {
    globalThis.fetch = fetch;
  }
}

/** Creates the error for code that runs without a context. */
export function noContextError(): LatchkeyError {
  return new LatchkeyError(
    "no_context",
    "This code runs without a context. Call it in a handler of the app or in runAs(instance, …), " +
      "or set APP_ID, APP_SECRET and INSTANCE_ID in the environment.",
  );
}
