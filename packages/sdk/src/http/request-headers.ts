/** The headers of a request, ready to take the token of each try. */
export interface RequestHeaders {
  has(lowerCaseName: string): boolean;
  withToken(token: string): HeadersInit;
}

/** Reads the headers that a caller gave; its own `Authorization` gives way to the token. */
export function readHeaders(init: HeadersInit | undefined): RequestHeaders {
  // A Headers object costs more than all else that happens around a call, so plain ones stay plain.
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
