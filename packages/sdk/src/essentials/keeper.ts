import { AsyncLocalStorage } from "node:async_hooks";
import { type CallContext, setContextKeeper } from "../context.ts";
import { environmentContext } from "./environment.ts";
import { createWixContext, type WixContext } from "./wix-context.ts";

/** A context, and what the third-party modules see of it. */
interface Kept {
  readonly context: CallContext | undefined;
  /** Taken away for as long as a module that has its client already is made. */
  wix: WixContext | undefined;
}

const storage = new AsyncLocalStorage<Kept>();

/** For whom code runs: the handler that it is part of, else the instance that the environment names. */
export function currentContext(): CallContext | undefined {
  return storage.getStore()?.context ?? environmentContext();
}

/** Runs code, and all that it awaits, for somebody. */
export function runFor<Result>(context: CallContext, work: () => Result): Result {
  return storage.run({ context, wix: createWixContext(context) }, work);
}

const hidden: Kept = { context: undefined, wix: undefined };

setContextKeeper({ run: runFor, hide: (work) => storage.run(hidden, work) });

// The third-party modules look for their context here. Each handler finds its own, whoever runs beside it; outside of
// handlers it is as if this were not here.
let outside = (globalThis as { __wix_context__?: unknown }).__wix_context__;
Object.defineProperty(globalThis, "__wix_context__", {
  configurable: true,
  get(): unknown {
    const kept = storage.getStore();
    if (kept !== undefined) return kept.wix;
    const context = outside === undefined ? environmentContext() : undefined;
    return context === undefined ? outside : createWixContext(context);
  },
  set(value: unknown) {
    const kept = storage.getStore();
    if (kept === undefined) outside = value;
    else if (kept !== hidden) kept.wix = value as WixContext | undefined;
  },
});
