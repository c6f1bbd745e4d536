import { QueryCache, QueryClient } from "@tanstack/react-query";
import { isPortal } from "./address.ts";
import { Problem } from "./problem.ts";
import { meQuery } from "./queries.ts";

const maxAttempts = 3;

/** Whether to try again: the server could not be reached, so the attempt waits until it can. */
function retry(count: number, error: Error): boolean {
  if (error instanceof Problem) return error.status >= 502 && count < maxAttempts;
  return error instanceof TypeError;
}

/** Creates the cache of everything that the API has responded. A person who is not signed in is led to the sign-in page. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError(error) {
        const isSignedOut = !isPortal && error instanceof Problem && error.status === 401;
        // A page on which somebody typed stays; its banner has the link.
        if (isSignedOut && client.getQueryData(meQuery.queryKey) === undefined) signIn();
      },
    }),
    defaultOptions: {
      queries: { retry, retryDelay: 500 },
      mutations: { retry, retryDelay: 500 },
    },
  });
  return client;
}

/** The sign-in page, which leads back to this page. */
export function signInPath(): string {
  const { pathname, search } = globalThis.location;
  return `/sign-in?continue=${encodeURIComponent(pathname + search)}`;
}

function signIn(): void {
  globalThis.location.replace(signInPath());
}
