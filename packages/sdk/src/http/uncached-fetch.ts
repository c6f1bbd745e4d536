/** The options of a request, with those that Next.js adds. */
type FrameworkInit = RequestInit & { readonly next?: unknown };

/**
 * Returns the `fetch` that every request of the SDK goes through: no response comes from a cache of the framework.
 * Next.js 14 caches every response for a year, also to POST, unless the request has `cache: "no-store"`.
 *
 * @param fetch Default: the runtime's `fetch`, looked up at each request, so that one patched later is used
 */
export function createUncachedFetch(fetch?: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) => (fetch ?? globalThis.fetch)(input, withoutCache(init));
}

function withoutCache(init: FrameworkInit = {}): RequestInit {
  // Next.js ignores `cache` when its own option `next.revalidate` is set.
  const { cache: _, next: __, ...rest } = init;
  cacheOption ??= supportedCacheOption();
  return { ...rest, ...cacheOption };
}

let cacheOption: Pick<RequestInit, "cache"> | undefined;

/** Cloudflare Workers with a compatibility date before 2024-11-11 throw on `cache`, in `Request` as in `fetch`. */
function supportedCacheOption(): Pick<RequestInit, "cache"> {
  const option = { cache: "no-store" } as const;
  try {
    new Request("https://app.invalid/", option);
    return option;
  } catch {
    return {};
  }
}
