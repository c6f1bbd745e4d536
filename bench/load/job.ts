/** What a response must contain, besides status 200. */
export type ResponseCheck =
  | { readonly kind: "access-token" }
  | { readonly kind: "active"; readonly active: boolean }
  | { readonly kind: "products"; readonly count: number; readonly total: number }
  | { readonly kind: "json" }
  /** Only the status is checked. */
  | { readonly kind: "status" };

/** The bodies of requests, one after the other. */
export type Bodies =
  /** Each text in turn, again and again. */
  | { readonly kind: "listed"; readonly texts: readonly string[] }
  /** One text whose `{id}` becomes the id of one of `count` seeded instances, drawn uniformly. */
  | { readonly kind: "drawn"; readonly text: string; readonly count: number; readonly seed: number };

/** One run of load: a closed loop, or with `ratePerSecond` an open loop. */
export interface LoadJob {
  /** Loopback URLs; each gets the same number of connections. */
  readonly urls: readonly string[];
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  /** Values of `Authorization`; the n-th goes with the n-th body. */
  readonly authorizations?: readonly string[];
  readonly bodies: Bodies;
  readonly check: ResponseCheck;
  readonly connections: number;
  readonly seconds: number;
  /** Requests are due at this constant rate. Default: a connection sends when it has received its response. */
  readonly ratePerSecond?: number;
  /** Whether a database runs on the core of the generator, which then sleeps a millisecond at a time instead of spinning. */
  readonly sharesCore: boolean;
}

/** The result of a run. Latencies are milliseconds; in an open loop they count from when a request was due. */
export interface LoadResult {
  readonly requests: number;
  readonly failures: number;
  /** What was wrong with the first failed response. */
  readonly firstFailure?: string;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}
