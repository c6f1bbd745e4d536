import type { Environment } from "../config.ts";

const proxyVariables = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
const noProxyVariables = ["NO_PROXY", "no_proxy"];

/** Returns the variable that sends requests for `hostname` through a proxy; undefined when none does. */
export function proxyVariableFor(hostname: string, env: Environment): string | undefined {
  const exceptions = noProxyVariables.flatMap((name) => (env[name] ?? "").split(/[\s,]+/));
  if (exceptions.some((exception) => exception === "*" || exception === hostname)) return undefined;
  return proxyVariables.find((name) => env[name]);
}

/**
 * Adds `hostname` to the exceptions from proxies of this process, so that its calls to its own server go to it directly, also
 * with `NODE_USE_ENV_PROXY`.
 */
export function excludeFromProxy(hostname: string, env: Record<string, string | undefined>): void {
  if (proxyVariableFor(hostname, env) === undefined) return;
  for (const name of noProxyVariables) env[name] = [hostname, env[name]].filter(Boolean).join(",");
}
