/** The headers of a request, to which each attempt adds its token. */
export interface RequestHeaders {
  has(lowerCaseName: string): boolean;
  withToken(token: string): HeadersInit;
}

/** Reads the headers of a caller. The token replaces an `Authorization` header. */
export function readHeaders(init: HeadersInit | undefined): RequestHeaders {
  // Plain objects are not converted, because a `Headers` object is the most expensive part of a call.
  return init === undefined || isPlain(init) ? plainHeaders(init ?? {}) : listedHeaders(new Headers(init));
}

function plainHeaders(given: Readonly<Record<string, string>>): RequestHeaders {
  const names = Object.keys(given);
  return {
    has: (lowerCaseName) => names.some((name) => name.toLowerCase() === lowerCaseName),
    withToken(token) {
      const headers: Record<string, string> = {};
      for (const name of names) {
        const value = given[name];
        if (name.toLowerCase() !== "authorization" && value !== undefined) headers[name] = value;
      }
      headers.authorization = token;
      return headers;
    },
  };
}

function listedHeaders(headers: Headers): RequestHeaders {
  return {
    has: (lowerCaseName) => headers.has(lowerCaseName),
    withToken(token) {
      headers.set("authorization", token);
      return headers;
    },
  };
}

function isPlain(init: HeadersInit): init is Record<string, string> {
  return !Array.isArray(init) && Object.getPrototypeOf(init) === Object.prototype;
}
