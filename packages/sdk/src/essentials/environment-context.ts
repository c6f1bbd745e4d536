import { AppStrategy } from "../app-strategy.ts";
import { openConnection } from "../connection.ts";
import type { CallContext } from "../context.ts";
import { readEnvironment } from "../options/environment.ts";

let known: { readonly key: string; readonly context: CallContext } | undefined;

/** Returns the context of the instance in `INSTANCE_ID`, for scripts and for hosts with one process per instance. */
export function environmentContext(): CallContext | undefined {
  const { appId, appSecret, instanceId } = readEnvironment();
  if (appId === undefined || appSecret === undefined || instanceId === undefined) return undefined;
  const key = JSON.stringify([appId, appSecret, instanceId]);
  if (known?.key === key) return known.context;
  const context = openConnection(AppStrategy({ appId, appSecret, instanceId }), {}).contextFor({
    instanceId,
  });
  known = { key, context };
  return context;
}
