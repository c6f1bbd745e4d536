import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { sql } from "kysely";
import { afterEach, expect, test } from "vitest";
import { openDatabase } from "../index.ts";

let cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.reverse()) await step();
  cleanUp = [];
});

/** Listens in place of PostgreSQL. `respond` handles the first message of each connection. */
async function listenInstead(respond: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}).once("data", () => respond(socket)));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  cleanUp.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A message of PostgreSQL's protocol: its type, its length, its content. */
function message(type: string, content: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(content, "latin1")]);
}

const refuseWith = (code: string) => (socket: Socket) =>
  socket.end(message("E", `SFATAL\0C${code}\0Mrefused\0\0`));
const askForKerberos = (socket: Socket) => socket.write(message("R", "\0\0\0\x0aGSS-SPNEGO\0\0"));

const failures: readonly (readonly [string, (socket: Socket) => void, object])[] = [
  ["the password is wrong", refuseWith("28P01"), { cause: { code: "28P01" } }],
  ["the role may not log in", refuseWith("28000"), { cause: { code: "28000" } }],
  ["the database does not exist", refuseWith("3D000"), { code: "3D000" }],
  ["a pooler refuses with a code of its own", refuseWith("XX000"), { code: "XX000" }],
  [
    "the driver does not know the authentication",
    askForKerberos,
    { message: expect.stringMatching(/^SASL: /) },
  ],
  ["the connection is closed", (socket) => socket.end(), { message: "Connection terminated unexpectedly" }],
  [
    "the server never responds",
    () => {},
    { message: expect.stringMatching(/^(timeout expired|Connection terminated due to connection timeout)$/) },
  ],
];

async function outcomesOf(port: number, parameters = ""): Promise<PromiseSettledResult<unknown>[]> {
  const url = `postgres://user:right@127.0.0.1:${port}/database${parameters}`;
  const database = openDatabase(url, () => {});
  cleanUp.push(() => database.close());
  const query = sql`select 1`;
  return await Promise.allSettled([
    query.execute(database.read),
    database.write((trx) => query.execute(trx)),
    database.search("key", (db) => query.execute(db)),
    database.prepare("select 1")([]),
  ]);
}

const unavailable = (cause: object) => {
  const reason = { code: "UNAVAILABLE", status: 503, headers: { "retry-after": "1" }, cause };
  return Array(4).fill({ status: "rejected", reason });
};

test.each(failures)("FR-E11: every query gets 503 with Retry-After when %s", async (_, respond, cause) => {
  expect(await outcomesOf(await listenInstead(respond))).toMatchObject(unavailable(cause));
});

test("FR-E11: every query gets 503 with Retry-After when the server has no TLS", async () => {
  const port = await listenInstead((socket) => socket.write("N"));
  const cause = { message: "The server does not support SSL connections" };
  expect(await outcomesOf(port, "?sslmode=verify-full")).toMatchObject(unavailable(cause));
});
