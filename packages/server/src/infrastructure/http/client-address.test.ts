import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { parseAllowed } from "../outbound/index.ts";
import { ClientNetworks } from "./client-address.ts";

const networks = new ClientNetworks(parseAllowed("10.0.0.0/8,fd00::/8", "TRUSTED"));
const request = (remoteAddress: string, forwardedFor?: string) =>
  ({ socket: { remoteAddress }, headers: { "x-forwarded-for": forwardedFor } }) as unknown as IncomingMessage;

test.each([
  ["a public address", "203.0.113.7", "203.0.113.7"],
  ["an IPv4 address in an IPv6 one", "::ffff:203.0.113.7", "203.0.113.7"],
  ["an IPv6 address, by its network", "2001:db8:1:2:3:4:5:6", "32.1.13.184.0.1.0.2/64"],
  ["a trusted proxy", "10.1.2.3", undefined],
  ["a program on the same machine", "127.0.0.1", undefined],
])("a connection of %s", (_, remoteAddress, network) => {
  expect(networks.ofConnection({ remoteAddress })).toBe(network);
});

test.each([
  ["no proxy", "203.0.113.7", undefined, "203.0.113.7"],
  ["X-Forwarded-For of a client that is no proxy", "203.0.113.7", "198.51.100.1", "203.0.113.7"],
  ["a trusted proxy", "10.1.2.3", "198.51.100.1", "198.51.100.1"],
  [
    "two trusted proxies, and an address that the client made up",
    "10.1.2.3",
    "192.0.2.9, 198.51.100.1, 10.9.9.9",
    "198.51.100.1",
  ],
  ["a trusted proxy that does not name the client", "10.1.2.3", undefined, "10.1.2.3"],
  ["a trusted proxy that names no address", "10.1.2.3", "unknown", "10.1.2.3"],
])("a request through %s", (_, remoteAddress, forwardedFor, network) => {
  expect(networks.ofRequest(request(remoteAddress, forwardedFor))).toBe(network);
});
