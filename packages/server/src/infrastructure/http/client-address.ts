import type { Socket } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * The part of a peer's address that identifies a client: an IPv4 address as it is, an IPv6 address without its lower 64
 * bits, because a network gives each of its hosts that many addresses.
 */
export function clientNetwork({ remoteAddress = "" }: Pick<Socket, "remoteAddress">): string {
  if (!ipaddr.isValid(remoteAddress)) return "unknown";
  const parsed = ipaddr.process(remoteAddress);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return `${parsed.toByteArray().slice(0, 8).join(".")}/64`;
}
