import ipaddr from "ipaddr.js";
import { OperatorError } from "../errors/index.ts";

/** Addresses that may be reached although they are not public. */
export interface AddressRange {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  /** Leading bits that count. */
  readonly prefix: number;
}

/**
 * Reads a list of addresses and CIDR ranges with commas between them. Throws `invalid_configuration`, naming the
 * variable.
 */
export function parseAllowed(text: string, variable: string): AddressRange[] {
  return text.split(",").map((part) => {
    const written = part.trim();
    const range = written.includes("/") ? written : `${written}/${written.includes(":") ? 128 : 32}`;
    try {
      const [address, prefix] = ipaddr.parseCIDR(range);
      // A short form such as 10/8 means one thing here and another there.
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

/**
 * Why an address may not be called, or undefined when it may: it is in one of the ranges, or it is public and the
 * connection secure. An IPv4 address within an IPv6 one counts as what it is.
 */
export function refusalOf(
  text: string,
  { allowed, secure }: { allowed: readonly AddressRange[]; secure: boolean },
): string | undefined {
  if (!ipaddr.isValid(text)) return `${text} is not an IP address`;
  const address = ipaddr.parse(text);
  const real = embedded(address);
  if (allowed.some((range) => contains(range, address) || contains(range, real))) return undefined;
  if (!isPublic(real) || isLocalForm(address)) return `${text} is not a public address`;
  return secure ? undefined : `${text} is a public address, and those are called over https only`;
}

/** The IPv4 address that the network makes of an IPv6 one: mapped, through NAT64 or through 6to4. */
function embedded(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (!isV6(address)) return address;
  const bytes = address.toByteArray();
  const range = address.range();
  if (range === "ipv4Mapped" || range === "rfc6052") return new ipaddr.IPv4(bytes.slice(12));
  if (range === "6to4") return new ipaddr.IPv4(bytes.slice(2, 6));
  return address;
}

/** What the library calls unicast is all that no registry of special purposes holds (RFC 6890). */
function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return address.range() === "unicast";
}

/** Where a network may lead is its own affair: the local prefix of NAT64 (RFC 8215), and a form that nobody uses. */
function isLocalForm(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return contains(nat64Local, address) || contains(compatible, address);
}

const nat64Local: AddressRange = { address: ipaddr.IPv6.parse("64:ff9b:1::"), prefix: 48 };
const compatible: AddressRange = { address: ipaddr.IPv6.parse("::"), prefix: 96 };

function contains(range: AddressRange, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (isV6(address)) return isV6(range.address) && address.match(range.address, range.prefix);
  return !isV6(range.address) && address.match(range.address, range.prefix);
}

function isV6(address: ipaddr.IPv4 | ipaddr.IPv6): address is ipaddr.IPv6 {
  return address.kind() === "ipv6";
}
