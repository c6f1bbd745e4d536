import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

// Starts programs with `node --import @latchkey/sdk/redirect`. What the redirect lets pass meets a block, as in all tests.

const guard = new URL("../../../../tests/setup/outside-connections.ts", import.meta.url);
const block = `data:text/javascript,import { blockOutsideConnections } from "${guard}"; blockOutsideConnections();`;
const flags = ["--conditions=latchkey-source", "--disable-warning=ExperimentalWarning", "--import", block];

/** Responds with what it received. */
const server: Server = createServer(async (request, response) => {
  const { headers, method, url } = request;
  if (url === "/moved") return void response.writeHead(302, { location: "https://www.wix.com/after" }).end();
  response.end(JSON.stringify([method, url, headers.host, await text(request)]));
});
let host: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program with the redirect. */
function run(program: string, env: Record<string, string> = {}): Promise<Ended> {
  const args = [...flags, "--import", "@latchkey/sdk/redirect", "--input-type=module", "--eval", program];
  const options = { cwd: import.meta.dirname, env: { LATCHKEY_URL: `http://${host}`, ...env } };
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

/** Runs expressions in one program, and returns what each resolves to, or the code of its error. */
async function results(expressions: readonly string[], env: Record<string, string> = {}) {
  const { stderr, stdout } = await run(
    `import http, { request as httpRequest } from "node:http";
    import https, { get, request } from "node:https";
    import http2 from "node:http2";
    import net from "node:net";
    import tls from "node:tls";
    import { text } from "node:stream/consumers";
    import { Agent, fetch as undiciFetch, request as undiciRequest, setGlobalDispatcher } from "undici";
    const read = (sent, body) => new Promise((resolve, reject) => {
      sent.on("error", reject).on("response", async (response) => resolve(JSON.parse(await text(response))));
      if (body !== false) sent.end(body);
    });
    const failed = (socket) => new Promise((_, reject) => socket.on("error", reject));
    const results = [];
    for (const work of [${expressions.map((each) => `async () => ${each}`).join(",\n")}]) {
      results.push(await work().catch((error) => error.cause?.code ?? error.code ?? String(error)));
    }
    console.log(JSON.stringify(results));
    process.exit();`,
    env,
  );
  return stdout === "" ? stderr : (JSON.parse(stdout) as unknown[]);
}

test("FR-D §5: every client of Node sends requests for the real platform to Latchkey, with their method, path and body", async () => {
  const clients = {
    'fetch("https://www.wixapis.com/a?b=1").then((got) => got.json())': ["GET", "/a?b=1", host, ""],
    'fetch(new URL("http://wixapis.com/a")).then((got) => got.json())': ["GET", "/a", host, ""],
    'fetch(new Request("https://edge.wixapis.com/b", { method: "POST", body: "x" })).then((got) => got.json())':
      ["POST", "/b", host, "x"],
    "fetch(`${process.env.LATCHKEY_URL}/moved`).then((got) => got.json())": ["GET", "/after", host, ""],
    'read(request("https://manage.wix.com/c", { method: "PUT", agent: new https.Agent() }), "y")': [
      "PUT",
      "/c",
      host,
      "y",
    ],
    'read(https.request({ host: "www.wix.com", path: "/d", headers: { Host: "www.wix.com" }, agent: false }))':
      ["GET", "/d", host, ""],
    'read(httpRequest({ hostname: "WWW.WIX.COM", headers: ["host", "www.wix.com", "a", "b"] }))': [
      "GET",
      "/",
      host,
      "",
    ],
    'read(get("https://www.wix.com/e"), false)': ["GET", "/e", host, ""],
    'read(http.get(new URL("http://www.wix.com/f"), { headers: [["Host", "www.wix.com"]] }), false)': [
      "GET",
      "/f",
      host,
      "",
    ],
    'new Promise((resolve) => https.get("https://www.wix.com/g", async (got) => resolve(JSON.parse(await text(got)))))':
      ["GET", "/g", host, ""],
    'undiciFetch("https://www.wixapis.com/h").then((got) => got.json())': ["GET", "/h", host, ""],
    'undiciRequest("https://www.wixapis.com/i", { method: "POST", body: "z", headers: { host: "www.wixapis.com" } }).then((got) => got.body.json())':
      ["POST", "/i", host, "z"],
    '(setGlobalDispatcher(new Agent()), fetch("https://www.wixapis.com/j").then((got) => got.json()))': [
      "GET",
      "/j",
      host,
      "",
    ],
  };
  expect(await results(Object.keys(clients))).toEqual(Object.values(clients));
});

test("a base path of LATCHKEY_URL begins every path, and other hosts stay", async () => {
  const env = { LATCHKEY_URL: `http://${host}/base/` };
  const calls = {
    'fetch("https://www.wixapis.com/a").then((got) => got.json())': ["GET", "/base/a", host, ""],
    'read(request("https://www.wixapis.com/a"))': ["GET", "/base/a", host, ""],
    'undiciFetch("https://www.wixapis.com/a").then((got) => got.json())': ["GET", "/base/a", host, ""],
    [`fetch("http://${host}/a").then((got) => got.json())`]: ["GET", "/a", host, ""],
    [`read(httpRequest("http://${host}/a"))`]: ["GET", "/a", host, ""],
  };
  expect(await results(Object.keys(calls), env)).toEqual(Object.values(calls));
});

test("LATCHKEY_URL is read for each request, as tests start several platforms", async () => {
  const calls = [
    `(process.env.LATCHKEY_URL = "http://${host}/second", fetch("https://www.wixapis.com/a").then((got) => got.json()))`,
    'read(request("https://www.wixapis.com/a"))',
    'undiciFetch("https://www.wixapis.com/a").then((got) => got.json())',
    '(process.env.LATCHKEY_URL = "", fetch("https://www.wixapis.com/a"))',
  ];
  const moved = ["GET", "/second/a", host, ""];
  expect(await results(calls)).toEqual([moved, moved, moved, "missing_api_url"]);
});

test("refuses a connection to the real platform that is not redirected", async () => {
  const connections = [
    'failed(net.connect(443, "www.wixapis.com"))',
    'failed(tls.connect({ host: "edge.wixapis.com.", port: 443 }))',
    'failed(tls.connect({ host: "127.0.0.1", port: 443, servername: "www.wix.com" }))',
    'failed(tls.connect({ socket: new net.Socket(), servername: "www.wix.com" }))',
    'failed(http2.connect("https://www.wixapis.com"))',
    'read(new http.ClientRequest({ host: "www.wixapis.com" }))',
    'undiciRequest("https://www.wixapis.com/", { dispatcher: new Agent() })',
    '(setGlobalDispatcher(new Agent()), undiciFetch("https://www.wixapis.com/"))',
  ];
  const refused = connections.map(() => "request_not_redirected");
  expect(await results(connections)).toEqual(refused);
});

test("the refusal says what to do", async () => {
  const { code, stderr } = await run('import net from "node:net"; net.connect(443, "www.wixapis.com");');
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining(
      "LatchkeyError: A connection to www.wixapis.com was refused, because @latchkey/sdk/redirect could not redirect its request. " +
        "Send it with fetch, with request or get of node:http or node:https, or with undici and its global dispatcher.",
    ),
  ]);
});

test("prints one line at the start, also when it is loaded twice", async () => {
  const { code, stderr, stdout } = await run('await import("./index.ts?again");');
  expect([code, stdout, stderr]).toEqual([
    0,
    "",
    `@latchkey/sdk/redirect: requests to wixapis.com, wix.com and their subdomains go to http://${host}/\n`,
  ]);
});

describe("does not start", () => {
  test.each([
    [
      "in production",
      { NODE_ENV: "production" },
      "redirect_unavailable",
      "@latchkey/sdk/redirect does not run with NODE_ENV=production. Remove it from the command, from NODE_OPTIONS and from the code.",
    ],
    [
      "without a URL",
      { LATCHKEY_URL: "" },
      "missing_api_url",
      "LATCHKEY_URL is missing, so @latchkey/sdk/redirect has no target. Set it to the URL of the platform, such as http://127.0.0.1:4400.",
    ],
    ["with a URL that has no scheme", { LATCHKEY_URL: "127.0.0.1:4400" }, "invalid_api_url", "LATCHKEY_URL"],
    [
      "with http to another machine",
      { LATCHKEY_URL: "http://platform.example" },
      "insecure_api_url",
      "Use https in LATCHKEY_URL; http is allowed for localhost, 127.0.0.0/8 and ::1 only.",
    ],
    [
      "with the real platform as its target",
      { LATCHKEY_URL: "https://www.wixapis.com" },
      "invalid_api_url",
      "LATCHKEY_URL is a URL of the real platform (www.wixapis.com). Set it to the URL of your Latchkey platform.",
    ],
  ])("%s", async (_, env: Record<string, string>, code, message) => {
    const ended = await run('console.log("started")', env);
    expect([ended.code, ended.stdout]).toEqual([1, ""]);
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).toContain(`code: '${code}'`);
  });
});
