import type { DatabaseConnection, Dialect, Driver } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createManualClock } from "../../infrastructure/clock/index.ts";
import { createDatabase, type Database, type Engine } from "../../infrastructure/database/database.ts";
import { openPostgres } from "../../infrastructure/database/postgres/index.ts";
import { openSqlite } from "../../infrastructure/database/sqlite/index.ts";
import { createTestTokens, type TestTokens } from "../../testing/support/test-tokens.ts";
import { engines, openTestDirectory } from "../../testing/test-database.ts";
import { openTestSchema } from "../../testing/test-schema.ts";

/** Counts what is asked of the storage, and lets the one with the number `failing` fail. */
const storage = { asked: 0, failing: 0 };

function ask(): void {
  storage.asked += 1;
  if (storage.asked === storage.failing) {
    throw Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR", errcode: 10 });
  }
}

describe.each(engines)("on %s", (engine) => {
  let place: { databaseUrl: string; remove(): Promise<void> };
  let database: Database;
  let tokens: TestTokens;

  beforeEach(async () => {
    storage.failing = 0;
    place = engine === "postgres" ? await openTestSchema() : openTestDirectory();
    const { databaseUrl } = place;
    const opened =
      engine === "postgres"
        ? openPostgres({ url: databaseUrl, onConnectionError() {} })
        : openSqlite(databaseUrl.slice("sqlite:".length));
    database = createDatabase(breakable(opened));
    tokens = await createTestTokens({ clock: createManualClock(1_767_323_045_678), database });
  });
  afterEach(async () => {
    storage.failing = 0;
    await database.close();
    await place.remove();
  });

  const isActive = async (token: string): Promise<boolean> =>
    ((await (await tokens.ask("/oauth2/token-info", { token })).json()) as { active: boolean }).active;

  const credentials = () => ({ client_id: tokens.client.appId, client_secret: tokens.client.secret });

  const mint = () =>
    tokens.ask("/oauth2/token", {
      ...credentials(),
      grant_type: "client_credentials",
      instance_id: tokens.client.instanceId,
    });

  const newToken = async () => ((await (await mint()).json()) as { access_token: string }).access_token;

  test("J7 gives no token while a read fails", async () => {
    const failures = await failEach(mint, async (response) => {
      expect(response.status).toBe(503);
      expect(response.headers.get("retry-after")).toBe("1");
      expect(await response.json()).toEqual({
        error: "temporarily_unavailable",
        error_description: "The database cannot be reached or cannot store more; try again shortly.",
      });
    });
    expect(failures).toBeGreaterThan(0);
  });

  test("J7 calls a token neither alive nor dead while a read fails", async () => {
    const token = await newToken();
    const info = () => tokens.ask("/oauth2/token-info", { token });
    const failures = await failEach(info, async (response) => expect(response.status).toBe(503));
    expect(failures).toBeGreaterThan(0);
    const introspect = () => tokens.ask("/oauth2/introspect", { ...credentials(), token });
    await failEach(introspect, async (response) => expect(response.status).toBe(503));
  });

  test("J7 acknowledges a revocation only when it is stored, and leaves nothing half done", async () => {
    const token = await newToken();
    const revoke = () => tokens.ask("/oauth2/revoke", { ...credentials(), token });
    const failures = await failEach(revoke, async (response) => {
      expect(response.status).toBe(503);
      expect(await isActive(token)).toBe(true);
    });
    expect(failures).toBeGreaterThan(2);
    expect(await isActive(token)).toBe(false);
  });

  test("J7 acknowledges a removal only when it is stored, with its event and its audit entry", async () => {
    const { instanceId } = tokens.client;
    const token = await newToken();
    const notes = async () => [
      (await database.read.selectFrom("events").select("event_type").execute()).length,
      (await database.read.selectFrom("audit").select("action").execute()).length,
    ];
    const [events = 0, entries = 0] = await notes();
    const remove = () =>
      database
        .write((trx) => tokens.instances.remove(trx, { name: "test", requestId: "" }, instanceId))
        .catch((error: unknown) => error as Error);
    const failures = await failEach(remove, async (outcome) => {
      expect(outcome).toMatchObject({ code: "UNAVAILABLE" });
      expect(await isActive(token)).toBe(true);
      expect(await notes()).toEqual([events, entries]);
    });
    expect(failures).toBeGreaterThan(3);
    expect(await isActive(token)).toBe(false);
    expect(await notes()).toEqual([events + 1, entries + 1]);
  });
});

/** Runs `work` with its first request to the storage failing, then its second, until none is left to fail. */
async function failEach<T>(work: () => Promise<T>, check: (outcome: T) => Promise<void>): Promise<number> {
  for (let failures = 0; ; failures += 1) {
    storage.asked = 0;
    storage.failing = failures + 1;
    const outcome = await work();
    const failed = storage.asked >= storage.failing;
    storage.failing = 0;
    if (!failed) return failures;
    await check(outcome);
  }
}

function breakable(engine: Engine): Engine {
  return {
    ...engine,
    reader: breakableDialect(engine.reader),
    ...(engine.writer === undefined ? {} : { writer: breakableDialect(engine.writer) }),
    prepare(sql) {
      const run = engine.prepare(sql);
      return async (parameters) => {
        ask();
        return await run(parameters);
      };
    },
  };
}

function breakableDialect(dialect: Dialect): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => breakableDriver(dialect.createDriver()),
  };
}

function breakableDriver(driver: Driver): Driver {
  const real = new WeakMap<DatabaseConnection, DatabaseConnection>();
  const realOf = (connection: DatabaseConnection) => real.get(connection) ?? connection;
  return {
    init: () => driver.init(),
    destroy: () => driver.destroy(),
    async acquireConnection() {
      ask();
      const connection = await driver.acquireConnection();
      const watched: DatabaseConnection = {
        async executeQuery(query) {
          ask();
          return await connection.executeQuery(query);
        },
        streamQuery: (query, size) => connection.streamQuery(query, size),
      };
      real.set(watched, connection);
      return watched;
    },
    async beginTransaction(connection, settings) {
      ask();
      await driver.beginTransaction(realOf(connection), settings);
    },
    async commitTransaction(connection) {
      ask();
      await driver.commitTransaction(realOf(connection));
    },
    rollbackTransaction: (connection) => driver.rollbackTransaction(realOf(connection)),
    releaseConnection: (connection) => driver.releaseConnection(realOf(connection)),
  };
}
