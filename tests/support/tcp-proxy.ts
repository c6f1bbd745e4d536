import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP proxy in front of PostgreSQL that can fail. */
export interface TcpProxy {
  /** The URL of the database through the proxy. */
  readonly url: string;
  /** Closes all connections and rejects new ones. */
  disconnect(): Promise<void>;
  reconnect(): Promise<void>;
  /** Leads new connections to another server, as the address of a cluster does after a failover. */
  leadTo(target: URL): void;
  /** Keeps all connections open and drops their packets, as a broken network does. */
  dropPackets(): void;
  /** Passes packets on new connections again. */
  passPackets(): void;
  close(): Promise<void>;
}

/** Opens a proxy on loopback to the server at `first`. */
export async function openTcpProxy(first: URL): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let target = first;
  let dropping = false;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let lost = dropping;
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on("data", (bytes) => {
        lost ||= dropping;
        if (!lost) other.write(bytes);
      });
      one.on("end", () => other.end()).on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  const disconnect = async (): Promise<void> => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(first);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return {
    url: url.href,
    disconnect,
    reconnect: () => listen(port),
    leadTo: (next) => {
      target = next;
    },
    dropPackets: () => {
      dropping = true;
    },
    passPackets: () => {
      dropping = false;
    },
    close: async () => (server.listening ? await disconnect() : undefined),
  };
}
