import { headersAt } from "./http-requests.ts";
import { pathAt, platformUrl, redirectUrl } from "./platform-url.ts";

/** What undici calls to send a request. The packages `undici` and Node share it. */
interface Dispatcher {
  dispatch(options: DispatchOptions, handler: unknown): boolean;
}

interface DispatchOptions {
  readonly origin?: string | URL;
  readonly path: string;
  readonly headers?: unknown;
}

/** Where undici keeps its global dispatcher, by the version of its interface. */
const globalDispatchers = [Symbol.for("undici.globalDispatcher.1"), Symbol.for("undici.globalDispatcher.2")];

/** Redirects the global `fetch`, also when the program sets a dispatcher later. */
export function redirectFetch(): void {
  const { fetch } = globalThis;
  globalThis.fetch = async (input, init) => {
    const request = typeof input === "object" && "url" in input ? input : undefined;
    const url = redirectUrl(request?.url ?? String(input));
    if (url === undefined) return await fetch(input, init);
    return await fetch(request === undefined ? url : new Request(url, request), init);
  };
}

/** Redirects `request`, `stream`, `fetch` and the like of the package `undici`. */
export function redirectDispatchers(): void {
  // Node creates the global dispatcher when the first of these classes is read.
  void globalThis.Response;
  const holder = globalThis as { [name: symbol]: Dispatcher | undefined };
  for (const name of globalDispatchers) {
    const dispatcher = holder[name];
    if (dispatcher !== undefined) holder[name] = redirected(dispatcher);
  }
}

function redirected(dispatcher: Dispatcher): Dispatcher {
  const dispatch: Dispatcher["dispatch"] = (options, handler) => {
    const { headers, origin, path } = options;
    if (!origin || redirectUrl(origin) === undefined) return dispatcher.dispatch(options, handler);
    const platform = platformUrl();
    const own = {
      origin: platform.origin,
      path: pathAt(platform, path),
      headers: headersAt(platform, headers),
    };
    return dispatcher.dispatch({ ...options, ...own }, handler);
  };
  // Its methods use private members, so they run on the dispatcher itself.
  return new Proxy(dispatcher, {
    get(target, name) {
      if (name === "dispatch") return dispatch;
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
