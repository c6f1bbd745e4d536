/** Request options, including those of Next.js. */
type FrameworkInit = RequestInit & { readonly next?: unknown };

/**
 * Creates the `fetch` of all requests of the SDK, which never uses a framework's cache. Next.js 14 caches all
 * responses for a year, including those to POST, unless the request has `cache: "no-store"`.
 *
 * @param fetch Default: the global `fetch`, read at each request, so that a later patch is used
 */
export function createUncachedFetch(fetch?: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) => (fetch ?? globalThis.fetch)(input, withoutCache(init));
}

function withoutCache(init: FrameworkInit = {}): RequestInit {
  // Next.js ignores `cache` when `next.revalidate` is set.
  const { cache: _, next: __, ...rest } = init;
  cacheOption ??= supportedCacheOption();
  return { ...rest, ...cacheOption };
}

let cacheOption: Pick<RequestInit, "cache"> | undefined;

/** Cloudflare Workers with a compatibility date before 2024-11-11 throw on `cache`, in `Request` and in `fetch`. */
function supportedCacheOption(): Pick<RequestInit, "cache"> {
  const option = { cache: "no-store" } as const;
  try {
    new Request("https://app.invalid/", option);
    return option;
  } catch {
    return {};
  }
}
