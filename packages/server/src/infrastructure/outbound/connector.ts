import { lookup, Resolver } from "node:dns/promises";
import { connect as connectSocket, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { buildConnector } from "undici";
import { type Clock, seconds } from "../clock/index.ts";
import { type AddressRange, refusalOf } from "./addresses.ts";
import { OutboundError } from "./failures.ts";

/** Finds the addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;
/** Opens a connection to one of some addresses, whichever answers first. */
export type Connect = (to: { readonly addresses: readonly string[]; readonly port: number }) => Socket;

/** What a connector works with. */
export interface ConnectorDependencies {
  readonly clock: Clock;
  readonly allowed: readonly AddressRange[];
  readonly resolve: Resolve;
  readonly connect: Connect;
}

const connectBound = seconds(10);

/**
 * Connects where it may: every address of a name is looked at before, and the one that was reached is looked at again,
 * so that no answer of a name server leads into a private network.
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
  for (const address of addresses) refuse(address, { allowed, secure });
  const port = Number(options.port) || (secure ? 443 : 80);
  const socket = deps.connect({ addresses, port });
  // Whoever uses it hears of its errors; but while TLS is agreed on, nobody else listens to the socket below.
  socket.on("error", () => {});
  const timer = clock.after(connectBound, () => {
    socket.destroy(new OutboundError("connect", "The connection took too long"));
  });
  try {
    await opened(socket, "connect");
    refuse(socket.remoteAddress ?? "", { allowed, secure });
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

function refuse(address: string, rules: { allowed: readonly AddressRange[]; secure: boolean }): void {
  const refusal = refusalOf(address, rules);
  if (refusal !== undefined) throw new OutboundError("address_refused", refusal);
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

/** With the machine's own sockets: addresses of both families are tried side by side. */
export const connectByNetwork: Connect = ({ addresses, port }) =>
  connectSocket({
    host: "addresses-are-given.invalid",
    port,
    autoSelectFamily: true,
    lookup: (_host, _options, found) =>
      found(
        null,
        addresses.map((address) => ({ address, family: isIP(address) })),
      ),
  });

/**
 * Asks the name servers of the machine, without its thread pool: a slow one must not keep signatures waiting. Names
 * without a dot are the machine's own business, and looked up only where a private address may be reached.
 */
export function resolveByNetwork(allowed: readonly AddressRange[]): Resolve {
  const resolver = new Resolver({ timeout: seconds(2), tries: 2 });
  return async (hostname) => {
    if (!hostname.replace(/\.$/, "").includes(".")) {
      if (allowed.length === 0)
        throw new OutboundError("dns", "The name has no dot, so no address in public");
      return (await lookup(hostname, { all: true })).map((found) => found.address);
    }
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (found.length === 0 && answers[0].status === "rejected") throw answers[0].reason;
    return found;
  };
}
