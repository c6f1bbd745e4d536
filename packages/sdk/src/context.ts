import type { TokenInfo } from "@latchkey/protocol";
import type { RestHost } from "./third-party/rest-host.ts";
import type { Transport } from "./transport.ts";

/** A client that acts as one subject. */
export interface SubjectClient {
  readonly transport: Transport;
  /** The host that modules are bound to. */
  readonly host: RestHost;
  tokenInfo(token: string): Promise<TokenInfo>;
  /** Converts a URL of the third-party platform to the URL of this platform. */
  resolve(url: string): string;
}

/** The context of code that calls APIs without naming an instance. */
export interface CallContext {
  /** Acts as the user of a page. Outside of pages, it acts as the app. */
  readonly current: SubjectClient;
  /** Acts as the app on the same instance. */
  readonly elevated: SubjectClient;
}

/** Stores the context across `await`. The entry point `@latchkey/sdk/essentials` installs it. */
export interface ContextStorage {
  run<Result>(context: CallContext, work: () => Result): Result;
  /** Runs without a context, for modules that prefer a context to the client that they are given. */
  runWithout<Result>(work: () => Result): Result;
}

// Stored on the global object, so that two copies of this package share it.
const slot: unique symbol = Symbol.for("@latchkey/sdk/context-storage") as never;
const holder = globalThis as { [slot]?: ContextStorage };

export function setContextStorage(storage: ContextStorage): void {
  holder[slot] = storage;
}

/** Runs a handler in a context. Without `@latchkey/sdk/essentials`, it only runs the handler. */
export function runInContext<Result>(open: () => CallContext, work: () => Result): Result {
  const storage = holder[slot];
  return storage === undefined ? work() : storage.run(open(), work);
}

export function withoutContext<Result>(work: () => Result): Result {
  return holder[slot]?.runWithout(work) ?? work();
}

/** The key of the function that returns the context of a handle. */
export const contextOf: unique symbol = Symbol.for("@latchkey/sdk/context") as never;

/** A handle that code can run as. */
export interface HasContext {
  readonly [contextOf]: () => CallContext;
}
