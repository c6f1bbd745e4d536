/** What has to be true of an answer, besides its status being 200. */
export type AnswerCheck =
  | { readonly kind: "access-token" }
  | { readonly kind: "active"; readonly active: boolean }
  | { readonly kind: "products"; readonly count: number; readonly total: number }
  | { readonly kind: "json" }
  /** Nothing more. */
  | { readonly kind: "status" };

/** The bodies that requests carry, one after the other. */
export type Bodies =
  /** Each in turn, then from the first again. */
  | { readonly kind: "listed"; readonly texts: readonly string[] }
  /** One text whose `{id}` becomes the id of an instance drawn uniformly from `count` planted ones. */
  | { readonly kind: "drawn"; readonly text: string; readonly count: number; readonly seed: number };

/** One run of load: a closed loop, or with `ratePerSecond` an open one. */
export interface LoadJob {
  /** Loopback URLs; connections are dealt out to them evenly. */
  readonly urls: readonly string[];
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  /** Values of `Authorization`, each in turn, in step with the bodies. */
  readonly authorizations?: readonly string[];
  readonly bodies: Bodies;
  readonly check: AnswerCheck;
  readonly connections: number;
  readonly seconds: number;
  /** Requests are due at this constant rate, however slowly answers come. Default: each answer makes the next. */
  readonly ratePerSecond?: number;
  /** Whether a database works on the generator's core: it then sleeps a millisecond at a time instead of spinning. */
  readonly sharesCore: boolean;
}

/** What a run of load saw. Latencies are milliseconds; in an open loop they count from when a request was due. */
export interface LoadResult {
  readonly requests: number;
  readonly failures: number;
  /** What was wrong with the first answer that failed. */
  readonly firstFailure?: string;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}
