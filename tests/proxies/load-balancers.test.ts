import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ProxyName, type RunningProxy, startProxy } from "../../tools/proxies/start-proxy.ts";
import { readDocument } from "../docs/documents.ts";

const { blocks } = readDocument("docs/guides/run-in-production.md");

/** The block of the guide that configures a proxy, with the addresses of the test. */
function configurationOf(program: ProxyName, addresses: readonly string[]): string {
  const first = { haproxy: "backend latchkey", nginx: "upstream latchkey", caddy: "auth.example.com {" };
  const block = blocks.find(({ text }) => text.startsWith(first[program as keyof typeof first]));
  const [one = "", other = ""] = addresses;
  return (block?.text ?? "").replaceAll("10.0.0.11:4400", one).replaceAll("10.0.0.12:4400", other);
}

const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
/** What the guide omits: the address of the proxy, timeouts, and files that only a test keeps elsewhere. */
const complete: Partial<Record<ProxyName, (text: string) => Record<string, string>>> = {
  haproxy: (text) => ({
    "haproxy.cfg": `defaults
  mode http
  timeout connect 3s
  timeout client 30s
  timeout server 30s
frontend all
  bind "127.0.0.1:\${PORT}"
  default_backend latchkey
${text}`,
  }),
  nginx: (text) => ({
    "nginx.conf": `error_log stderr; pid nginx.pid; events {} http { access_log off;
${temp.map((name) => `${name}_temp_path temp/${name};`).join(" ")}
${text.replace("server {\n", "server {\n  listen 127.0.0.1:${PORT};\n")} }`,
  }),
  caddy: (text) => ({
    Caddyfile: `{\nadmin off\nauto_https off\n}\n${text.replace("auth.example.com {", "http://:{$PORT} {\nbind 127.0.0.1")}`,
  }),
};

interface Backend {
  readonly server: Server;
  readonly address: string;
  ready: boolean;
  requests: number;
}
let backends: Backend[];
let proxy: RunningProxy | undefined;

beforeEach(async () => {
  backends = await Promise.all([startBackend(), startBackend()]);
});
afterEach(async () => {
  await proxy?.close();
  for (const { server } of backends) {
    server.close();
    server.closeAllConnections();
  }
});

/** A server that responds to probes as Latchkey does. */
async function startBackend(): Promise<Backend> {
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    if (request.url !== "/readyz") backend.requests += 1;
    response
      .writeHead(request.url === "/readyz" && !backend.ready ? 503 : 200)
      .end(request.headers["x-forwarded-for"]);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const backend: Backend = { server, address, ready: true, requests: 0 };
  return backend;
}

/** How many requests each backend gets of 20, all of which succeed. */
async function shares(): Promise<number[]> {
  for (const backend of backends) backend.requests = 0;
  for (let count = 0; count < 20; count += 1) {
    const response = await fetch(`${proxy?.url}/oauth2/token`, { method: "POST", body: "x" });
    expect([response.status, await response.text()]).toEqual([200, "127.0.0.1"]);
  }
  return backends.map(({ requests }) => requests);
}

async function start(
  program: ProxyName,
  addresses = backends.map(({ address }) => address),
): Promise<Backend> {
  const text = configurationOf(program, addresses);
  proxy = await startProxy(program, { files: complete[program]?.(text) ?? {} });
  const [one] = backends;
  if (one === undefined) throw new Error("There is no backend.");
  return one;
}

test.each(["haproxy", "caddy"] as const)(
  "FR-B7: %s with the configuration of the guide sends requests only to servers that are ready",
  async (program) => {
    const one = await start(program);
    expect((await shares()).every((requests) => requests > 0)).toBe(true);
    one.ready = false;
    await expect.poll(shares, { timeout: 60_000 }).toEqual([0, 20]);
  },
);

test.each(["haproxy", "caddy", "nginx"] as const)(
  "FR-B7: %s with the configuration of the guide loses no request when a server accepts no connection",
  async (program) => {
    // Nothing listens at port 1, while another program may get the port of a server that was closed.
    await start(program, ["127.0.0.1:1", backends[1]?.address ?? ""]);
    expect(await shares()).toEqual([0, 20]);
  },
);
