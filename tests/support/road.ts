import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A road to PostgreSQL: what comes in goes on, until it does not. */
export interface Road {
  /** Like the URL it leads to, by way of this road. */
  readonly url: string;
  /** Breaks every connection and takes no new one. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** Keeps every connection open, old and new, and loses what is sent on it, as a network does that drops packets. */
  swallow(): void;
  /** Lets through again what is sent from now on over new connections. */
  release(): void;
  close(): Promise<void>;
}

/** Builds a road on loopback to where `end` leads. */
export async function openRoad(end: URL): Promise<Road> {
  const sockets = new Set<Socket>();
  let swallowing = false;
  const server = createServer((near) => {
    const far = connect(Number(end.port), end.hostname);
    let lost = swallowing;
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on("data", (bytes) => {
        lost ||= swallowing;
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
  const cut = async (): Promise<void> => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(end);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return {
    url: url.href,
    cut,
    mend: () => listen(port),
    swallow: () => {
      swallowing = true;
    },
    release: () => {
      swallowing = false;
    },
    close: async () => (server.listening ? await cut() : undefined),
  };
}
