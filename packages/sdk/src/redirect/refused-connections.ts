import net from "node:net";
import tls from "node:tls";
import { isRealHost, notRedirected } from "./platform-url.ts";

type Callable = (...args: unknown[]) => unknown;

/** Refuses connections to the real platform, also through a proxy. */
export function refuseConnections(): void {
  const prototype = net.Socket.prototype as { connect: Callable };
  const { connect } = prototype;
  prototype.connect = function (this: net.Socket, ...args) {
    const host = hostIn(args);
    if (host === undefined) return connect.apply(this, args);
    process.nextTick(() => this.destroy(notRedirected(host)));
    return this;
  };
  const secure = tls.connect as Callable;
  // A TLS connection inside of one to a proxy opens no socket.
  Object.assign(tls, {
    connect(...args: unknown[]) {
      const host = hostIn(args);
      if (host !== undefined && args.some((each) => each instanceof Object && "socket" in each)) {
        throw notRedirected(host);
      }
      return secure(...args);
    },
  });
}

/** Returns the host of the real platform in the arguments of `connect`: a host, options, or an array of both. */
function hostIn(args: readonly unknown[]): string | undefined {
  const candidates = args.flat().flatMap((each) => {
    if (typeof each !== "object" || each === null) return [each];
    const { host, hostname, servername } = each as Record<string, unknown>;
    return [host, hostname, servername];
  });
  return candidates.find((each): each is string => isRealHost(each));
}
