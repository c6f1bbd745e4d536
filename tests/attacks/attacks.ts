import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { requestToken } from "@latchkey/test-support/request-token";
import type { Attackers } from "./setup.ts";

/** What an attack may use. */
export interface Means extends Attackers {
  /** An access token of the first app, and of the second. */
  readonly tokens: readonly [string, string];
  /** Sends a request, reads the response, and returns its status; 0 when the connection broke. */
  send(method: string, path: string, options?: { key?: string; body?: object }): Promise<number>;
  /** Whether the attack goes on. */
  running(): boolean;
}

export interface Attack {
  readonly name: string;
  /** How many copies run at once. */
  readonly parallel: number;
  /** One turn; it is repeated while the attack runs. */
  turn(means: Means): Promise<unknown>;
}

const queryPath = "/stores/v1/products/query";
const everyVariant = { includeVariants: true, query: { paging: { limit: 10 } } };
const tenContains = JSON.stringify({
  $and: Array.from({ length: 10 }, (_, index) => ({ description: { $contains: `missing ${index}` } })),
});

/** One attack for each entry of the report; the name begins with its id. */
const attacks: readonly Attack[] = [
  {
    name: "A1: asks for large responses and never reads them",
    parallel: 60,
    turn: (means) => askWithoutReading(means, `POST ${queryPath}`, JSON.stringify(everyVariant)),
  },
  {
    name: "A1: pipelines requests for the reference page without a token, and never reads",
    parallel: 40,
    turn: (means) => askWithoutReading(means, "GET /docs", ""),
  },
  {
    name: "A2: reads large responses",
    parallel: 4,
    turn: ({ send, tokens }) => send("POST", queryPath, { key: tokens[0], body: everyVariant }),
  },
  {
    name: "A2, A8: changes 40 products of 300 variants in one call, with 100 webhooks",
    parallel: 1,
    async turn(means) {
      await means.send("POST", "/stores/v1/bulk/products/update", {
        key: means.tokens[0],
        body: { ids: await productIds(means), set: { price: Math.round(Math.random() * 1_000) } },
      });
      await pause(5_000);
    },
  },
  {
    name: "A3: searches long descriptions ten times each, as two apps",
    parallel: 6,
    turn: ({ send, tokens }) => {
      const key = tokens[Math.random() < 0.5 ? 0 : 1];
      return send("POST", queryPath, { key, body: { query: { filter: tenContains } } });
    },
  },
  {
    name: "A4: calls plugins whose schemas take exponential time",
    parallel: 2,
    async turn({ app, expensiveTypes, pluginsKey, send }) {
      const [componentType] = [...expensiveTypes].sort(() => Math.random() - 0.5);
      const text = `${"a".repeat(30)}!`;
      const request = { siteId: app.siteId, componentType, method: "ask", request: { text } };
      if (componentType === undefined) return await pause(1_000);
      return await send("POST", "/admin/v1/service-plugins/call", { key: pluginsKey, body: request });
    },
  },
  {
    name: "A5: responds to plugin calls with a text that PostgreSQL cannot store",
    parallel: 1,
    async turn({ app, pluginsKey, send }) {
      const body = { siteId: app.siteId, componentType: "ATTACK_PLUGIN", method: "ask", request: {} };
      await send("POST", "/admin/v1/service-plugins/call", { key: pluginsKey, body });
      await pause(200);
    },
  },
  {
    name: "A9: creates apps with a limited key",
    parallel: 8,
    turn: ({ appsKey, send }) => send("POST", "/admin/v1/apps", { key: appsKey, body: { name: "Many" } }),
  },
  {
    name: "A18: tries wrong secrets",
    parallel: 2,
    turn: ({ app, send }) =>
      send("POST", "/oauth2/token", {
        body: {
          grant_type: "client_credentials",
          client_id: app.appId,
          client_secret: randomBytes(32).toString("hex"),
          instance_id: app.instanceId,
        },
      }),
  },
  {
    name: "A10: checks forged tokens",
    parallel: 2,
    turn: ({ send, tokens }) =>
      send("POST", "/oauth2/token-info", { body: { token: `${tokens[0].slice(0, -20)}${randomText(20)}` } }),
  },
  {
    name: "A1: sends bodies slowly and never ends them",
    parallel: 20,
    turn: (means) => sendSlowly(means),
  },
];

async function productIds({ tokens, url }: Means): Promise<string[]> {
  const response = await fetch(`${url}${queryPath}`, {
    method: "POST",
    headers: { authorization: tokens[0], "content-type": "application/json" },
    body: JSON.stringify({ query: { paging: { limit: 40 } } }),
  });
  const { products = [] } = (await response.json()) as { products?: { id: string }[] };
  return products.map(({ id }) => id);
}

/** Pipelines eight requests, reads nothing for ten seconds, and begins again. */
async function askWithoutReading(
  { running, tokens, url }: Means,
  request: string,
  body: string,
): Promise<void> {
  const head = [
    `${request} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    `Authorization: ${tokens[0]}`,
    ...(body === "" ? [] : ["Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`]),
  ];
  const socket = openSocket(url);
  socket.pause();
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`.repeat(8));
  for (let waited = 0; waited < 10_000 && running() && !socket.destroyed; waited += 100) await pause(100);
  socket.destroy();
}

async function sendSlowly({ running, tokens, url }: Means): Promise<void> {
  const socket = openSocket(url);
  socket.resume();
  socket.write(
    `POST ${queryPath} HTTP/1.1\r\nHost: ${new URL(url).host}\r\nAuthorization: ${tokens[0]}\r\n` +
      "Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n",
  );
  for (let waited = 0; waited < 60_000 && running() && !socket.destroyed; waited += 100) {
    socket.write(" ".repeat(1_000));
    await pause(100);
  }
  socket.destroy();
}

function openSocket(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  // The server may cut the connection; that is its right.
  socket.on("error", () => {});
  return socket;
}

function randomText(length: number): string {
  return randomBytes(length).toString("base64url").slice(0, length);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The attacks whose name begins with `ATTACK`; by default all. */
export const chosenAttacks = attacks.filter(({ name }) => name.startsWith(process.env.ATTACK ?? ""));

/** Runs every chosen attack until `running` returns false, and returns how many turns each had. */
export async function attackAll(
  attackers: Attackers,
  running: () => boolean,
): Promise<Readonly<Record<string, number>>> {
  const tokens = [
    await requestToken(attackers.url, attackers.app),
    await requestToken(attackers.url, attackers.second),
  ] as const;
  const means: Means = { ...attackers, tokens, running, send: sender(attackers.url) };
  const turns: Record<string, number> = {};
  const repeat = async ({ name, turn }: Attack): Promise<void> => {
    turns[name] ??= 0;
    while (running()) {
      // An attack goes on when the server refuses or cuts a request.
      await turn(means).catch(() => pause(50));
      turns[name] += 1;
    }
  };
  await Promise.all(
    chosenAttacks.flatMap((attack) => Array.from({ length: attack.parallel }, () => repeat(attack))),
  );
  return turns;
}

function sender(url: string): Means["send"] {
  return async (method, path, { body, key } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        "content-type": "application/json",
        ...(key !== undefined && { authorization: path.startsWith("/admin") ? `Bearer ${key}` : key }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    await response.arrayBuffer();
    return response.status;
  };
}
