import { describe, expect, test } from "vitest";
import { addressViolation, parseAllowed } from "./addresses.ts";

const violationOf = (address: string, allowed = "", secure = true) =>
  addressViolation(address, { allowed: allowed === "" ? [] : parseAllowed(allowed, "ALLOW"), secure });

describe("an address that is not public is rejected:", () => {
  test.each([
    ...["0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254"],
    ...["127.0.0.1", "127.255.255.254", "169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255"],
    ...[
      "192.0.0.1",
      "192.0.0.170",
      "192.0.2.1",
      "192.168.0.1",
      "192.168.255.255",
      "198.18.0.1",
      "198.19.255.255",
    ],
    ...["198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"],
    ...["::", "::1", "::2", "::127.0.0.1", "fe80::1", "fe80::1%eth0", "febf::1", "fec0::1"],
    ...["fc00::1", "fd00:ec2::254", "fdff::1", "ff02::1", "ff0e::1", "2001:db8::1", "100::1"],
    ...[
      "::ffff:127.0.0.1",
      "::ffff:10.0.0.1",
      "::ffff:169.254.169.254",
      "::ffff:7f00:1",
      "::ffff:0:127.0.0.1",
    ],
    ...["64:ff9b::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "64:ff9b:1::808:808"],
    ...["2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::", "2001::1", "2001:0:7f00:1::", "2001:10::1"],
    ...["", "localhost", "1.2.3.4.5", "999.1.1.1", "::gggg"],
  ])("%s", (address) => {
    expect(violationOf(address)).toMatch(/^is not (a public|an IP) address$/);
  });
});

describe("a public address may be called over https:", () => {
  test.each([
    ...["8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "172.15.0.1"],
    ...["172.32.0.1", "192.167.1.1", "198.17.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1"],
    ...["64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::1"],
  ])("%s", (address) => {
    expect(violationOf(address)).toBeUndefined();
    expect(violationOf(address, "", false)).toBe(`is a public address, and those are called over https only`);
  });
});

describe("a list of additional allowed addresses", () => {
  test.each([
    ["10.1.2.3", "10.0.0.0/8", true],
    ["11.1.2.3", "10.0.0.0/8", false],
    ["::ffff:10.1.2.3", "10.0.0.0/8", true],
    ["64:ff9b::a01:203", "10.0.0.0/8", true],
    ["192.168.7.7", "192.168.7.7", true],
    ["192.168.7.8", "192.168.7.7", false],
    ["fd00::5", "fd00::/8,127.0.0.0/8", true],
    ["::1", "127.0.0.0/8", false],
    ["::1", "::1", true],
    ["127.0.0.1", " 127.0.0.0/8 , ::1 ", true],
  ])("%s with %s: %s", (address, allowed, may) => {
    const refused = violationOf(address, allowed);
    expect(refused === undefined).toBe(may || address.startsWith("11."));
    if (may) expect(violationOf(address, allowed, false)).toBeUndefined();
  });

  test.each(["internal", "10/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8,", "0x0a000000/8", "::/129"])(
    "is rejected when it is %j",
    (text) => {
      expect(() => parseAllowed(text, "LATCHKEY_OUTBOUND_ALLOW")).toThrow(
        "LATCHKEY_OUTBOUND_ALLOW must be addresses or CIDR ranges with commas between them, such as 10.0.0.0/8,fd00::/8.",
      );
    },
  );
});
