import { describe, expect, test } from "vitest";
import { parseAllowed } from "./addresses.ts";
import { resolveByDns } from "./resolve.ts";

const notFound = (): never => {
  throw Object.assign(new Error("queryA ENOTFOUND"), { code: "ENOTFOUND" });
};
const hosts: Readonly<Record<string, string>> = {
  "host.docker.internal": "172.17.0.1",
  "my-app.test": "127.0.0.1",
  db: "10.0.0.7",
};
const names = {
  dns: {
    resolve4: async (name: string) => (name === "app.example" ? ["203.0.113.7"] : notFound()),
    resolve6: async () => notFound(),
  },
  system: async (name: string) => [hosts[name] ?? notFound()],
} as unknown as Parameters<typeof resolveByDns>[1];

describe("FR-E5: where private addresses are allowed", () => {
  const resolve = resolveByDns(parseAllowed("127.0.0.0/8", "ALLOW"), names);

  test.each([
    ["a name of DNS", "app.example", ["203.0.113.7"]],
    ["a name of the hosts file", "host.docker.internal", ["172.17.0.1"]],
    ["a name of the hosts file", "my-app.test", ["127.0.0.1"]],
    ["a name without a dot", "db", ["10.0.0.7"]],
    ["a name of localhost", "app.localhost", ["127.0.0.1", "::1"]],
  ])("%s is resolved: %s", async (_, name, addresses) => {
    expect(await resolve(name)).toEqual(addresses);
  });

  test("a name that nobody knows is an error", async () => {
    await expect(resolve("nowhere.example")).rejects.toMatchObject({ code: "ENOTFOUND" });
  });
});

describe("where only public addresses are allowed", () => {
  const resolve = resolveByDns([], names);

  test("names are resolved by DNS only", async () => {
    expect(await resolve("app.example")).toEqual(["203.0.113.7"]);
    for (const name of ["host.docker.internal", "app.localhost"]) {
      await expect(resolve(name)).rejects.toMatchObject({ code: "ENOTFOUND" });
    }
    await expect(resolve("db")).rejects.toThrow("The name has no dot, so it is not public");
  });
});
