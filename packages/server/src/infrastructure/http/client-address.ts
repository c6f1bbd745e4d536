import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import ipaddr from "ipaddr.js";
import { type AddressRange, isInRange } from "../outbound/index.ts";
import { isLoopback } from "./request-host.ts";

/** Finds the network of a client, also behind trusted proxies. */
export class ClientNetworks {
  readonly #trustedProxies: readonly AddressRange[];

  /** @param trustedProxies addresses whose `X-Forwarded-For` counts */
  constructor(trustedProxies: readonly AddressRange[]) {
    this.#trustedProxies = trustedProxies;
  }

  /** The network of a connection; undefined when a proxy may have opened it for many clients. */
  ofConnection({ remoteAddress = "" }: Pick<Socket, "remoteAddress">): string | undefined {
    const address = remoteAddress.replace(/^::ffff:/, "");
    return isLoopback(address) || this.isTrusted(address) ? undefined : networkOf(address);
  }

  /** The network of the client that sent a request: of the last address that is not a trusted proxy. */
  ofRequest({ headers, socket }: Pick<IncomingMessage, "headers" | "socket">): string {
    const forwardedFor = String(headers["x-forwarded-for"] ?? "").split(",");
    const addresses = [...forwardedFor.map((address) => address.trim()), socket.remoteAddress ?? ""];
    let address = addresses.pop() ?? "";
    while (this.isTrusted(address) && ipaddr.isValid(addresses.at(-1) ?? "")) address = addresses.pop() ?? "";
    return networkOf(address);
  }

  isTrusted(address: string): boolean {
    return this.#trustedProxies.some((range) => isInRange(range, address));
  }
}

/** An IPv4 address as it is, an IPv6 address without its lower 64 bits: a host can use any of these. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return "unknown";
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return `${parsed.toByteArray().slice(0, 8).join(".")}/64`;
}
