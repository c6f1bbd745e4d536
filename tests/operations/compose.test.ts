import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { startServer } from "@latchkey/test-support/server-process";
import { expect, test } from "vitest";
import { rawRequest, sendRaw } from "../attack-cases/raw-http.ts";

const compose = readFileSync(join(import.meta.dirname, "../../examples/containers/compose.yaml"), "utf8");
const value = (name: string): string =>
  new RegExp(`^ +${name}: (.*)$`, "m").exec(compose)?.[1] ?? `no ${name}`;

test("FR-E4: the compose file lets the app and other containers call the platform, and nobody else", async () => {
  const url = value("LATCHKEY_PUBLIC_URL");
  const { port } = new URL(url);
  expect(value("network_mode")).toBe("service:platform");
  expect(JSON.parse(value("ports"))).toEqual([`127.0.0.1:${port}:${port}`, "127.0.0.1:3000:3000"]);
  const server = await startServer({
    LATCHKEY_ENV: "development",
    HOST: value("HOST"),
    LATCHKEY_DEV_HOSTS: value("LATCHKEY_DEV_HOSTS"),
    LATCHKEY_PUBLIC_URL: url,
  });
  const line = "GET /.well-known/oauth-authorization-server";
  const call = (host: string) => sendRaw(server.url, rawRequest(server.url, line, { headers: { host } }));
  const replies = await Promise.all(["127.0.0.1:4400", "platform:4400", "app:4400"].map(call));
  expect(replies.flatMap(({ statuses }) => statuses)).toEqual([200, 200, 421]);
  expect(replies[1]?.text).toContain(`"issuer":"${url}"`);

  const check = (address: string) =>
    promisify(execFile)("sh", ["-c", value("test").replace(url, address)], {
      env: { PATH: `${join(process.execPath, "..")}:${process.env.PATH}` },
    });
  await check(server.url);
  await server.stop();
  await expect(check(server.url)).rejects.toMatchObject({ code: 1 });
});
