import type { DatabaseConnection, Dialect, Driver } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createManualClock } from "../../infrastructure/clock/index.ts";
import { createDatabase, type Database, type Engine } from "../../infrastructure/database/database.ts";
import { openPostgres } from "../../infrastructure/database/postgres/index.ts";
import { openSqlite } from "../../infrastructure/database/sqlite/index.ts";
import { createTestTokens, type TestTokens } from "../../testing/support/test-tokens.ts";
import { engines, openTestDirectory } from "../../testing/test-database.ts";
import { openTestSchema } from "../../testing/test-schema.ts";

/** Counts the operations of the storage. The one with the number `failing` fails. */
const storage = { operations: 0, failing: 0 };

function operate(): void {
  storage.operations += 1;
  if (storage.operations === storage.failing) {
    throw Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR", errcode: 10 });
  }
}

describe.each(engines)("on %s", (engine) => {
  let directory: { databaseUrl: string; remove(): Promise<void> };
  let database: Database;
  let tokens: TestTokens;

  beforeEach(async () => {
    storage.failing = 0;
    directory = engine === "postgres" ? await openTestSchema() : openTestDirectory();
    const { databaseUrl } = directory;
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
    await directory.remove();
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

  test("J7 mints no token when a read fails", async () => {
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

  test("J7 does not describe a token when a read fails", async () => {
    const token = await newToken();
    const info = () => tokens.ask("/oauth2/token-info", { token });
    const failures = await failEach(info, async (response) => expect(response.status).toBe(503));
    expect(failures).toBeGreaterThan(0);
    const introspect = () => tokens.ask("/oauth2/introspect", { ...credentials(), token });
    await failEach(introspect, async (response) => expect(response.status).toBe(503));
  });

  test("J7 responds to a revocation when it is stored, and stores nothing partially", async () => {
    const token = await newToken();
    const revoke = () => tokens.ask("/oauth2/revoke", { ...credentials(), token });
    const failures = await failEach(revoke, async (response) => {
      expect(response.status).toBe(503);
      expect(await isActive(token)).toBe(true);
    });
    expect(failures).toBeGreaterThan(2);
    expect(await isActive(token)).toBe(false);
  });

  test("J7 completes a removal when it is stored with its event and its audit entry", async () => {
    const { instanceId } = tokens.client;
    const token = await newToken();
    const counts = async () => [
      (await database.read.selectFrom("events").select("event_type").execute()).length,
      (await database.read.selectFrom("audit").select("action").execute()).length,
    ];
    const [events = 0, entries = 0] = await counts();
    const remove = () =>
      database
        .write((trx) => tokens.instances.remove(trx, { name: "test", requestId: "" }, instanceId))
        .catch((error: unknown) => error as Error);
    const failures = await failEach(remove, async (outcome) => {
      expect(outcome).toMatchObject({ code: "UNAVAILABLE" });
      expect(await isActive(token)).toBe(true);
      expect(await counts()).toEqual([events, entries]);
    });
    expect(failures).toBeGreaterThan(3);
    expect(await isActive(token)).toBe(false);
    expect(await counts()).toEqual([events + 1, entries + 1]);
  });
});

/** Runs `work` with the first operation of the storage failing, then the second, until `work` has no more operations. */
async function failEach<T>(work: () => Promise<T>, check: (outcome: T) => Promise<void>): Promise<number> {
  for (let failures = 0; ; failures += 1) {
    storage.operations = 0;
    storage.failing = failures + 1;
    const outcome = await work();
    const failed = storage.operations >= storage.failing;
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
        operate();
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
      operate();
      const connection = await driver.acquireConnection();
      const watched: DatabaseConnection = {
        async executeQuery(query) {
          operate();
          return await connection.executeQuery(query);
        },
        streamQuery: (query, size) => connection.streamQuery(query, size),
      };
      real.set(watched, connection);
      return watched;
    },
    async beginTransaction(connection, settings) {
      operate();
      await driver.beginTransaction(realOf(connection), settings);
    },
    async commitTransaction(connection) {
      operate();
      await driver.commitTransaction(realOf(connection));
    },
    rollbackTransaction: (connection) => driver.rollbackTransaction(realOf(connection)),
    releaseConnection: (connection) => driver.releaseConnection(realOf(connection)),
  };
}
