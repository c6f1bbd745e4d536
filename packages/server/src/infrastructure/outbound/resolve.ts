import { lookup, Resolver } from "node:dns/promises";
import { seconds } from "../clock/index.ts";
import type { AddressRange } from "./addresses.ts";
import { OutboundError } from "./failures.ts";

/** Resolves a host name. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** The sources of addresses, which tests replace. */
export interface NameSources {
  readonly dns: Pick<Resolver, "resolve4" | "resolve6">;
  /** The operating system: its hosts file, and name servers. */
  readonly system: Resolve;
}

const network: NameSources = {
  dns: new Resolver({ timeout: seconds(2), tries: 2 }),
  system: async (hostname) => (await lookup(hostname, { all: true })).map((found) => found.address),
};

/**
 * Resolves names by DNS. It does not use the thread pool, where a slow name server would delay signatures. If private
 * addresses are allowed, names of `localhost`, names without a dot and names that DNS does not have are resolved as the
 * operating system does.
 */
export function resolveByDns(
  allowed: readonly AddressRange[],
  { dns, system }: NameSources = network,
): Resolve {
  return async (name) => {
    const hostname = name.replace(/\.$/, "");
    const local = allowed.length > 0;
    if (local && /\.localhost$/i.test(hostname)) return ["127.0.0.1", "::1"];
    if (!hostname.includes(".")) {
      if (!local) throw new OutboundError("dns", "The name has no dot, so it is not public");
      return await system(hostname);
    }
    const results = await Promise.allSettled([dns.resolve4(name), dns.resolve6(name)]);
    const found = results.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
    if (found.length > 0) return found;
    if (local) return await system(hostname);
    if (results[0].status === "rejected") throw results[0].reason;
    return [];
  };
}
