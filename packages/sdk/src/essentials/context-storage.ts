import { AsyncLocalStorage } from "node:async_hooks";
import { type CallContext, setContextStorage } from "../context.ts";
import { environmentContext } from "./environment-context.ts";
import { createWixContext, type WixContext } from "./wix-context.ts";

/** A context, with the object that third-party modules see. */
interface StoredContext {
  readonly context: CallContext | undefined;
  /** Undefined while a module that has its own client is bound. */
  wix: WixContext | undefined;
}

const storage = new AsyncLocalStorage<StoredContext>();

/** Returns the context of the running handler, else of the instance in the environment. */
export function currentContext(): CallContext | undefined {
  return storage.getStore()?.context ?? environmentContext();
}

/** Runs code, including everything that it awaits, in a context. */
export function runWithContext<Result>(context: CallContext, work: () => Result): Result {
  return storage.run({ context, wix: createWixContext(context) }, work);
}

const noContext: StoredContext = { context: undefined, wix: undefined };

setContextStorage({ run: runWithContext, runWithout: (work) => storage.run(noContext, work) });

// Third-party modules read their context from this global. Inside a handler it returns the context of that handler;
// outside of handlers it keeps the value that others assign.
let outside = (globalThis as { __wix_context__?: unknown }).__wix_context__;
Object.defineProperty(globalThis, "__wix_context__", {
  configurable: true,
  get(): unknown {
    const stored = storage.getStore();
    if (stored !== undefined) return stored.wix;
    const context = outside === undefined ? environmentContext() : undefined;
    return context === undefined ? outside : createWixContext(context);
  },
  set(value: unknown) {
    const stored = storage.getStore();
    if (stored === undefined) outside = value;
    else if (stored !== noContext) stored.wix = value as WixContext | undefined;
  },
});
