import type { TokenInfo } from "@latchkey/protocol";
import type { RestHost } from "./third-party/rest-host.ts";
import type { Transport } from "./transport.ts";

/** Calls on somebody's behalf. */
export interface SubjectClient {
  readonly transport: Transport;
  /** What modules are bound to. */
  readonly host: RestHost;
  tokenInfo(token: string): Promise<TokenInfo>;
  /** The URL at the platform that a URL at the third-party platform stands for. */
  resolve(url: string): string;
}

/** For whom code runs that names nobody. */
export interface CallContext {
  /** The user of a page, or the app where nobody else is there. */
  readonly current: SubjectClient;
  /** The app on its instance. */
  readonly elevated: SubjectClient;
}

/** What keeps a context through all that a handler awaits; `@latchkey/sdk/essentials` brings it. */
export interface ContextStorage {
  run<Result>(context: CallContext, work: () => Result): Result;
  /** Runs without any context, for modules that look for one before they take the client they are given. */
  runWithout<Result>(work: () => Result): Result;
}

// On the global object, so that two copies of this package have the same.
const slot: unique symbol = Symbol.for("@latchkey/sdk/context-storage") as never;
const holder = globalThis as { [slot]?: ContextStorage };

export function setContextStorage(storage: ContextStorage): void {
  holder[slot] = storage;
}

/** Runs a handler for whom it was called; without essentials it just runs. */
export function runInContext<Result>(open: () => CallContext, work: () => Result): Result {
  const storage = holder[slot];
  return storage === undefined ? work() : storage.run(open(), work);
}

export function withoutContext<Result>(work: () => Result): Result {
  return holder[slot]?.runWithout(work) ?? work();
}

/** Where handles keep the context that code can run in for them. */
export const contextOf: unique symbol = Symbol.for("@latchkey/sdk/context") as never;

/** Something that code can run for. */
export interface HasContext {
  readonly [contextOf]: () => CallContext;
}
