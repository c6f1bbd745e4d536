import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

type Callable = (...args: unknown[]) => unknown;
type Lookup = (host: string, options: unknown, done: Callable) => unknown;

const refused: string[] = [];
let isBlocking = false;

/** Returns and clears the list of rejected connections. */
export function takeBlocked(): string[] {
  return refused.splice(0);
}

/** Makes all connections and name queries to other machines throw. A second call does nothing. */
export function blockOutsideConnections(): void {
  if (isBlocking) return;
  isBlocking = true;
  wrap(net.Socket.prototype, "connect", (connect) => {
    return function (this: unknown, ...args) {
      guardTarget(args);
      return connect.apply(this, args);
    };
  });
  for (const door of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
    for (const name of Object.getOwnPropertyNames(door)) {
      if (/^(resolve|reverse|lookupService)/.test(name))
        wrap(door, name, () => (host) => refuse(String(host)));
    }
  }
  for (const door of [dns, dns.promises]) {
    wrap(door, "lookup", (lookup) => (host, ...rest) => {
      return net.isIP(String(host)) || isLoopback(String(host))
        ? lookup(host, ...rest)
        : refuse(String(host));
    });
  }
  syncBuiltinESMExports();
}

/** Checks the arguments of `Socket.connect`: a port and host, options, or the array that Node passes to itself. */
function guardTarget(args: unknown[]): void {
  const first = Array.isArray(args[0]) ? args[0][0] : args[0];
  const isPort = typeof first === "number" || (typeof first === "string" && /^\d+$/.test(first));
  const target = isPort ? { host: args[1] } : first;
  if (typeof target !== "object" || target === null || ("path" in target && target.path)) return;
  const host = "host" in target && typeof target.host === "string" ? target.host : "localhost";
  if (isLoopback(host)) return;
  // The caller can resolve a name to a loopback address itself.
  if (net.isIP(host) || !("lookup" in target) || typeof target.lookup !== "function") refuse(host);
  target.lookup = guardLookup(target.lookup as Lookup);
}

function guardLookup(lookup: Lookup): Lookup {
  return (host, options, done) =>
    lookup(host, options, (error, found, family) => {
      const addresses = Array.isArray(found) ? found.map(({ address }) => String(address)) : [String(found)];
      const outside = error ? undefined : addresses.find((address) => !isLoopback(address));
      return outside === undefined ? done(error, found, family) : done(blockedError(outside));
    });
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (net.isIPv4(host) && host.startsWith("127."));
}

function refuse(host: string): never {
  throw blockedError(host);
}

function blockedError(host: string): Error {
  const text = `A test reached for ${host}: nothing here may leave this machine (127.0.0.0/8 and ::1).`;
  refused.push(text);
  return new Error(text);
}

/** Replaces a method and keeps its other properties, by which Node's `promisify` recognises it. */
function wrap(owner: object, name: string, make: (original: Callable) => Callable): void {
  const original = Reflect.get(owner, name) as Callable;
  const replacement = make(original);
  Object.defineProperties(replacement, Object.getOwnPropertyDescriptors(original));
  Reflect.set(owner, name, replacement);
}
