import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startProxy } from "../../tools/proxies/start-proxy.ts";
import { freePort, startFailing } from "../crash/latchkey-process.ts";

const real = new URL(process.env.TEST_DATABASE_URL ?? "");

/** How a server ends that connects through PgBouncer. */
async function startThrough(settings: string, database = ""): Promise<string> {
  const { hostname, password, port, username } = real;
  const config = `[databases]
* = host=${hostname} port=${port} user=${username} password=${password} ${database}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = \${PORT}
unix_socket_dir =
auth_type = any
${settings}
`;
  const bouncer = await startProxy("pgbouncer", { files: { "pgbouncer.ini": config } });
  const directory = mkdtempSync(join(tmpdir(), "latchkey-pgbouncer-"));
  const url = new URL(real);
  url.port = new URL(bouncer.url).port;
  try {
    const ended = await startFailing({
      LATCHKEY_ENV: "development",
      LATCHKEY_DATA_DIR: directory,
      LATCHKEY_ADMIN_KEY: randomBytes(32).toString("base64"),
      LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
      DATABASE_URL: url.href,
      PORT: await freePort(),
    });
    expect(ended.code).toBe(1);
    return ended.stderr;
  } finally {
    await bouncer.close();
    rmSync(directory, { recursive: true });
  }
}

const ignored =
  "ignore_startup_parameters = options, statement_timeout, idle_in_transaction_session_timeout, extra_float_digits";
const refused =
  "latchkey: connection_pooler: DATABASE_URL leads to a connection pooler that shares sessions or drops their settings, " +
  "such as PgBouncer. Connect to PostgreSQL directly.\n";

test("PgBouncer with its defaults is refused at the start (FR-B13)", async () => {
  expect(await startThrough("pool_mode = transaction")).toMatch(
    /^latchkey: UNAVAILABLE: .*unsupported startup parameter/,
  );
});

test.each(["transaction", "session"])(
  "PgBouncer in %s mode that drops the settings of its clients is refused at the start (FR-B13)",
  async (mode) => {
    expect(await startThrough(`pool_mode = ${mode}\n${ignored}`)).toBe(refused);
  },
);

test("PgBouncer in transaction mode is refused at the start, also when every session has the settings (FR-B13)", async () => {
  expect(
    await startThrough(`pool_mode = transaction\n${ignored}`, "connect_query='set latchkey.session=kept'"),
  ).toBe(refused);
});
