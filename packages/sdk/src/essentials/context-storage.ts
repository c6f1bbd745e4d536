import { AsyncLocalStorage } from "node:async_hooks";
import { type CallContext, setContextStorage } from "../context.ts";
import { environmentContext } from "./environment.ts";
import { createWixContext, type WixContext } from "./wix-context.ts";

/** A context, and what the third-party modules see of it. */
interface StoredContext {
  readonly context: CallContext | undefined;
  /** Taken away for as long as a module that has its client already is made. */
  wix: WixContext | undefined;
}

const storage = new AsyncLocalStorage<StoredContext>();

/** For whom code runs: the handler that it is part of, else the instance that the environment names. */
export function currentContext(): CallContext | undefined {
  return storage.getStore()?.context ?? environmentContext();
}

/** Runs code, and all that it awaits, for somebody. */
export function runWithContext<Result>(context: CallContext, work: () => Result): Result {
  return storage.run({ context, wix: createWixContext(context) }, work);
}

const noContext: StoredContext = { context: undefined, wix: undefined };

setContextStorage({ run: runWithContext, runWithout: (work) => storage.run(noContext, work) });

// The third-party modules look for their context here. Each handler finds its own, whoever runs beside it; outside of
// handlers it is as if this were not here.
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
