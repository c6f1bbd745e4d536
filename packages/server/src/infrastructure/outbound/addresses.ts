import ipaddr from "ipaddr.js";
import { OperatorError } from "../errors/index.ts";

/** Private addresses that may be called. */
export interface AddressRange {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  /** Number of leading bits that are compared. */
  readonly prefix: number;
}

/**
 * Reads a list of addresses and CIDR ranges with commas between them. Throws `invalid_configuration`, naming the
 * variable.
 */
export function parseAllowed(text: string, variable: string): AddressRange[] {
  return text.split(",").map((part) => {
    const item = part.trim();
    const range = item.includes("/") ? item : `${item}/${item.includes(":") ? 128 : 32}`;
    try {
      const [address, prefix] = ipaddr.parseCIDR(range);
      // Programs read short forms such as 10/8 in different ways.
      if (address.kind() === "ipv4" && !/^(\d{1,3}\.){3}\d{1,3}\//.test(range)) throw new Error("short form");
      return { address, prefix };
    } catch {
      throw new OperatorError(
        "invalid_configuration",
        `${variable} must be addresses or CIDR ranges with commas between them, such as 10.0.0.0/8,fd00::/8.`,
      );
    }
  });
}

/** Whether an address is in a range. An IPv4 address embedded in an IPv6 address counts as IPv4. */
export function isInRange(range: AddressRange, text: string): boolean {
  return ipaddr.isValid(text) && contains(range, ipaddr.process(text));
}

/**
 * Describes why an address may not be called, as a sentence without its subject; undefined when it is in an allowed range, or is public and the
 * connection is secure. An IPv4 address embedded in an IPv6 address is checked too.
 */
export function addressViolation(
  text: string,
  { allowed, secure }: { allowed: readonly AddressRange[]; secure: boolean },
): string | undefined {
  if (!ipaddr.isValid(text)) return "is not an IP address";
  const address = ipaddr.parse(text);
  const target = embeddedIpv4(address) ?? address;
  if (allowed.some((range) => contains(range, address) || contains(range, target))) return undefined;
  if (target.range() !== "unicast" || excluded.some((range) => contains(range, address)))
    return "is not a public address";
  // In ipaddr.js, unicast is every address outside of the special-purpose registries (RFC 6890).
  return secure ? undefined : "is a public address, and those are called over https only";
}

/** The IPv4 address that an IPv6 address leads to: mapped, NAT64 or 6to4. */
function embeddedIpv4(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | undefined {
  if (!isV6(address)) return undefined;
  const bytes = address.toByteArray();
  const range = address.range();
  if (range === "ipv4Mapped" || range === "rfc6052") return new ipaddr.IPv4(bytes.slice(12));
  return range === "6to4" ? new ipaddr.IPv4(bytes.slice(2, 6)) : undefined;
}

/** The prefix of NAT64 for local use (RFC 8215), and the deprecated IPv4-compatible addresses. */
const excluded: readonly AddressRange[] = [
  { address: ipaddr.IPv6.parse("64:ff9b:1::"), prefix: 48 },
  { address: ipaddr.IPv6.parse("::"), prefix: 96 },
];

function contains(range: AddressRange, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (isV6(address)) return isV6(range.address) && address.match(range.address, range.prefix);
  return !isV6(range.address) && address.match(range.address, range.prefix);
}

function isV6(address: ipaddr.IPv4 | ipaddr.IPv6): address is ipaddr.IPv6 {
  return address.kind() === "ipv6";
}
