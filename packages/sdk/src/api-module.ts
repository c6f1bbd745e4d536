/** What a module asks of the client that it is bound to. */
export interface ApiRequest {
  readonly method: string;
  /** Path under the API's URL, beginning with a slash. */
  readonly path: string;
  /** Sent as JSON. Default: no body. */
  readonly body?: unknown;
  /** Whether doing it twice does what doing it once does; such calls are retried when their fate is unknown. */
  readonly idempotent: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Sends a module's requests as one installation of an app. */
export interface ApiCaller {
  /** @returns the JSON of a success; every other end is a `LatchkeyError` */
  call(request: ApiRequest): Promise<unknown>;
}

/** How a call may be stopped. */
export interface CallOptions {
  /** Ends the call at once with code `aborted`. */
  readonly signal?: AbortSignal | undefined;
}

/** Marks what a client can bind, also across copies of this package. */
const bind: unique symbol = Symbol.for("@latchkey/sdk/bind") as never;

/** A part of the platform's API, such as `products`, before it knows for whom it calls. */
export interface ApiModule<Api extends object> {
  readonly [bind]: (caller: ApiCaller) => Api;
}

/** The modules of a client, under the names that they get there. */
export type ApiModules = Readonly<Record<string, ApiModule<object>>>;

/** What modules become on a client. */
export type BoundModules<Modules extends ApiModules> = {
  readonly [Name in keyof Modules]: Modules[Name] extends ApiModule<infer Api> ? Api : never;
};

/** Makes a module from the function that binds it. */
export function createModule<Api extends object>(bindTo: (caller: ApiCaller) => Api): ApiModule<Api> {
  return Object.freeze({ [bind]: bindTo });
}

/** Binds each module to `caller`. */
export function bindModules<Modules extends ApiModules>(
  modules: Modules,
  caller: ApiCaller,
): BoundModules<Modules> {
  const bound = Object.entries(modules).map(([name, module]) => {
    if (typeof module?.[bind] !== "function")
      throw new TypeError(`modules.${name} is not a module of @latchkey/sdk.`);
    return [name, module[bind](caller)] as const;
  });
  return Object.fromEntries(bound) as BoundModules<Modules>;
}
