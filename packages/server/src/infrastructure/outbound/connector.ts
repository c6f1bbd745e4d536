import { lookup, Resolver } from "node:dns/promises";
import { connect as connectSocket, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { buildConnector } from "undici";
import { type Clock, seconds } from "../clock/index.ts";
import { type AddressRange, addressViolation } from "./addresses.ts";
import { OutboundError } from "./failures.ts";

/** Resolves a host name. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;
/** Opens a connection to the first of several addresses that accepts it. */
export type Connect = (to: { readonly addresses: readonly string[]; readonly port: number }) => Socket;

export interface ConnectorDependencies {
  readonly clock: Clock;
  readonly allowed: readonly AddressRange[];
  readonly resolve: Resolve;
  readonly connect: Connect;
}

const connectTimeout = seconds(10);

/**
 * Creates a connector that calls allowed addresses only. It checks every resolved address before it connects, and the
 * address of the connection afterwards, so that DNS rebinding does not reach a private network.
 */
export function createConnector(deps: ConnectorDependencies): buildConnector.connector {
  return (options, callback) => {
    openSocket(deps, options).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
}

async function openSocket(deps: ConnectorDependencies, options: buildConnector.Options): Promise<Socket> {
  const { allowed, clock, resolve } = deps;
  const { hostname, protocol } = options;
  const secure = protocol === "https:";
  const addresses = isIP(hostname) === 0 ? await resolve(hostname) : [hostname];
  if (addresses.length === 0) throw new OutboundError("dns", "The name has no address");
  for (const address of addresses) requireAllowed(address, { allowed, secure });
  const port = Number(options.port) || (secure ? 443 : 80);
  const socket = deps.connect({ addresses, port });
  // During the TLS handshake nothing else listens to errors of this socket.
  socket.on("error", () => {});
  const timer = clock.after(connectTimeout, () => {
    socket.destroy(new OutboundError("connect", "The connection took too long"));
  });
  try {
    await opened(socket, "connect");
    requireAllowed(socket.remoteAddress ?? "", { allowed, secure });
    socket.setNoDelay(true);
    if (!secure) return socket;
    const name = isIP(hostname) === 0 ? { servername: hostname } : {};
    const encrypted = connectTls({ socket, host: hostname, ...name, ALPNProtocols: ["http/1.1"] });
    await opened(encrypted, "secureConnect");
    return encrypted;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    timer.cancel();
  }
}

function requireAllowed(address: string, rules: { allowed: readonly AddressRange[]; secure: boolean }): void {
  const violation = addressViolation(address, rules);
  if (violation !== undefined) throw new OutboundError("address_refused", violation);
}

function opened(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => {
      socket.off("error", reject);
      resolve();
    });
    socket.once("error", reject);
    socket.once("close", () => reject(new OutboundError("reset", "The endpoint closed the connection")));
  });
}

/** Connects through the network. Addresses of both families are tried in parallel. */
export const connectToNetwork: Connect = ({ addresses, port }) =>
  connectSocket({
    host: "lookup-returns-the-addresses.invalid",
    port,
    autoSelectFamily: true,
    lookup: (_host, _options, found) =>
      found(
        null,
        addresses.map((address) => ({ address, family: isIP(address) })),
      ),
  });

/**
 * Resolves names by DNS. It does not use the thread pool, where a slow name server would delay signatures. Names
 * without a dot are resolved by the operating system, and only if private addresses are allowed.
 */
export function resolveByDns(allowed: readonly AddressRange[]): Resolve {
  const resolver = new Resolver({ timeout: seconds(2), tries: 2 });
  return async (hostname) => {
    if (!hostname.replace(/\.$/, "").includes(".")) {
      if (allowed.length === 0) throw new OutboundError("dns", "The name has no dot, so it is not public");
      return (await lookup(hostname, { all: true })).map((found) => found.address);
    }
    const results = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const found = results.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
    if (found.length === 0 && results[0].status === "rejected") throw results[0].reason;
    return found;
  };
}
