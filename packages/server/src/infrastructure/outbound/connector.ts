import { connect as connectSocket, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type buildConnector, errors } from "undici";
import { type Clock, seconds } from "../clock/index.ts";
import type { Log } from "../observability/index.ts";
import { type AddressRange, addressViolation } from "./addresses.ts";
import { OutboundError } from "./failures.ts";
import type { Resolve } from "./resolve.ts";

/** Opens a connection to the first of several addresses that accepts it. */
export type Connect = (to: { readonly addresses: readonly string[]; readonly port: number }) => Socket;

export interface ConnectorDependencies {
  readonly clock: Clock;
  readonly allowed: readonly AddressRange[];
  readonly log: Log;
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
  const { clock, resolve } = deps;
  const { hostname, protocol } = options;
  const secure = protocol === "https:";
  const addresses = isIP(hostname) === 0 ? await resolve(hostname) : [hostname];
  if (addresses.length === 0) throw new OutboundError("dns", "The name has no address");
  for (const address of addresses) requireAllowed(deps, { hostname, address, secure });
  const port = Number(options.port) || (secure ? 443 : 80);
  const socket = deps.connect({ addresses, port });
  // During the TLS handshake nothing else listens to errors of this socket.
  socket.on("error", (error) => noteBreak(error, socket));
  const timer = clock.after(connectTimeout, () => {
    socket.destroy(new OutboundError("connect", "The connection took too long"));
  });
  try {
    await opened(socket, "connect");
    requireAllowed(deps, { hostname, address: socket.remoteAddress ?? "", secure });
    socket.setNoDelay(true);
    if (!secure) return socket;
    const name = isIP(hostname) === 0 ? { servername: hostname } : {};
    const encrypted = connectTls({ socket, host: hostname, ...name, ALPNProtocols: ["http/1.1"] });
    await opened(encrypted, "secureConnect");
    encrypted.on("error", (error) => noteBreak(error, encrypted));
    return encrypted;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    timer.cancel();
  }
}

/**
 * Throws `address_refused`. The text contains the address only if the URL contains it, because a resolved address would
 * reveal an internal network.
 */
function requireAllowed(
  { allowed, log }: ConnectorDependencies,
  { address, hostname, secure }: { hostname: string; address: string; secure: boolean },
): void {
  const violation = addressViolation(address, { allowed, secure });
  if (violation === undefined) return;
  if (isIP(hostname) !== 0) throw new OutboundError("address_refused", `${hostname} ${violation}`);
  log.info({ host: hostname, address }, "a request is refused for the address of its name");
  throw new OutboundError("address_refused", `The address of the name ${violation}`);
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

/** Errors of connections on which a response had arrived. */
const breaks = new WeakSet<Error>();

function noteBreak(error: Error, { bytesRead }: Socket): void {
  if (bytesRead > 0) breaks.add(error);
}

/** Whether an error is the break of a connection that had served an earlier request. */
export function isBrokenReuse(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof errors.SocketError) return (error.socket?.bytesRead ?? 0) > 0;
  return breaks.has(error);
}
