import { readFileSync } from "node:fs";
import { type ProxyName, type RunningProxy, startProxy } from "../../tools/proxies/start-proxy.ts";

/** The proxies that the tests run, with the files of `examples/proxies` that configure them. */
export const proxies = {
  nginx: ["nginx.conf"],
  caddy: ["Caddyfile"],
  haproxy: ["haproxy.cfg", "forward-auth.lua"],
} as const satisfies Partial<Readonly<Record<ProxyName, readonly string[]>>>;

export type ExampleProxy = keyof typeof proxies;

/** Starts a proxy with the configuration of its example; both addresses are `<host>:<port>`. */
export function startExample(
  program: ExampleProxy,
  { latchkey, bookings }: { readonly latchkey: string; readonly bookings: string },
): Promise<RunningProxy> {
  const files = Object.fromEntries(proxies[program].map((name) => [name, readExample(name)]));
  return startProxy(program, { files, variables: { LATCHKEY: latchkey, BOOKINGS: bookings } });
}

/** Reads a file of `examples/proxies`. */
export function readExample(name: string): string {
  return readFileSync(new URL(`../../examples/proxies/${name}`, import.meta.url), "utf8");
}
