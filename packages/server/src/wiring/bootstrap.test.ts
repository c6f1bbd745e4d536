import { randomBytes, randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listSigningKeys, readJwks, signingKeyState } from "../features/signing-keys/index.ts";
import { TokenQueries } from "../features/tokens/index.ts";
import { createManualClock, type ManualClock } from "../infrastructure/clock/index.ts";
import { parseMasterKeys, Vault } from "../infrastructure/crypto/index.ts";
import { createIds, type Database, openDatabase } from "../infrastructure/database/index.ts";
import { readAllRows } from "../testing/support/database-contents.queries.ts";
import { createTestDatabase, engines, type TestDatabase } from "../testing/test-database.ts";
import { bootstrap, migrateAll, rotateKeys } from "./bootstrap.ts";

const hour = 3_600_000;
const day = 24 * hour;
const oldKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const newKey = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

function dependenciesOn(database: Database, clock: ManualClock, masterKeys = oldKey) {
  const vault = new Vault(parseMasterKeys(masterKeys), randomBytes);
  return { clock, database, ids: createIds({ clock, randomUuid: randomUUID }), vault };
}

describe.each(engines)("on %s", (engine) => {
  let storage: TestDatabase;
  beforeEach(async () => {
    storage = await createTestDatabase(engine, { migrated: false });
  });
  afterEach(() => storage.remove());

  const start = async (masterKeys?: string) => {
    await migrateAll(storage);
    await bootstrap(dependenciesOn(storage.database, storage.clock, masterKeys));
  };
  const keyStates = async (now: number) =>
    (await listSigningKeys(storage.database.read)).map((key) => signingKeyState(key, now));

  test("a new database gets its schema, one active signing key and the built-in scopes", async () => {
    await start();
    expect(await keyStates(storage.clock.now())).toEqual(["active"]);
    const scopes = await storage.database.read.selectFrom("scopes").select("scope_id").execute();
    expect(scopes.map((scope) => scope.scope_id)).toContain("SCOPE.DC.MANAGE-YOUR-APP");
  });

  test("a second start changes nothing", async () => {
    await start();
    const before = await readAllRows(storage.database);
    await storage.clock.advance(hour);
    await start();
    expect(await readAllRows(storage.database)).toEqual(before);
  });

  test("another encryption key is rejected, and nothing is written", async () => {
    await start();
    const before = await readAllRows(storage.database);
    await storage.clock.advance(100 * day);
    await expect(start(newKey)).rejects.toMatchObject({
      code: "wrong_encryption_key",
      message:
        "LATCHKEY_ENCRYPTION_KEY does not open this database. Start with the key this database was created with; to " +
        "change keys, keep it in the list until every value is resealed.",
    });
    expect(await readAllRows(storage.database)).toEqual(before);
    await start();
  });

  test("a new key can precede the old one; after resealing it works alone", async () => {
    await start();
    await start(`${newKey},${oldKey}`);
    await start(newKey);
    await expect(start(oldKey)).rejects.toMatchObject({ code: "wrong_encryption_key" });
  });

  test("over 200 days exactly one key signs, and no client that caches the key set for 14 days ever fails", async () => {
    await start();
    const deps = dependenciesOn(storage.database, storage.clock);
    const queries = new TokenQueries(storage.database, 1);
    const signer = async () => {
      const key = { appId: "", digests: [""], instanceId: "", now: storage.clock.now() };
      return (await queries.readMint(key)).kid;
    };
    const published = async () =>
      (await readJwks(storage.database.read, storage.clock.now())).keys.map(
        (key) => (key as { kid: string }).kid,
      );

    const signers: (string | null)[] = [];
    let cached = { at: storage.clock.now(), kids: await published() };
    for (const end = storage.clock.now() + 200 * day; storage.clock.now() < end; ) {
      const before = await signer();
      await storage.clock.advance(day);
      if (storage.clock.now() - cached.at > 14 * day) {
        cached = { at: storage.clock.now(), kids: await published() };
      }
      // Once before and once after the hourly maintenance.
      for (const runMaintenance of [async () => {}, () => rotateKeys(deps)]) {
        await runMaintenance();
        const kid = await signer();
        expect(cached.kids).toContain(kid);
        if (kid !== signers.at(-1)) signers.push(kid);
        // Tokens that were signed a day ago still verify.
        expect(await published()).toContain(before);
      }
      expect((await keyStates(storage.clock.now())).filter((state) => state === "active")).toHaveLength(1);
    }
    expect(signers).toHaveLength(3);
    expect(new Set(signers).size).toBe(3);
    expect(await keyStates(storage.clock.now())).toEqual(["removed", "removed", "active"]);
  });

  test("scheduled changes of keys are in the audit log, with the actor system", async () => {
    await start();
    const deps = dependenciesOn(storage.database, storage.clock);
    for (let days = 0; days < 92; days += 1) {
      await storage.clock.advance(day);
      await rotateKeys(deps);
    }
    const [first, second] = await listSigningKeys(storage.database.read);
    const entries = await storage.database.read.selectFrom("audit").selectAll().orderBy("entry_id").execute();
    expect(
      entries.map(({ action, actor, details, request_id }) => ({
        ...{ action, actor, request_id, ...JSON.parse(details) },
      })),
    ).toEqual([
      {
        ...{ action: "signing-key.announced", actor: "system", request_id: "", kid: first?.kid },
        activeAt: "2026-01-02T03:04:05.678Z",
      },
      {
        ...{ action: "signing-key.announced", actor: "system", request_id: "", kid: second?.kid },
        activeAt: "2026-04-02T03:04:05.678Z",
      },
      {
        ...{ action: "signing-key.retired", actor: "system", request_id: "", kid: first?.kid },
        compromised: false,
      },
    ]);
  });
});

test("processes on one PostgreSQL that start and rotate at the same moments agree on every key", async () => {
  const storage = await createTestDatabase("postgres", { migrated: false });
  const databases = [storage.database, ...[1, 2].map(() => openDatabase(storage.url, () => {}))];
  const clock = createManualClock(1_767_323_045_678);
  const processes = databases.map((database) => dependenciesOn(database, clock));
  await Promise.all(processes.map((deps) => migrateAll(deps).then(() => bootstrap(deps))));
  for (let days = 0; days < 200; days += 2) {
    await clock.advance(2 * day);
    await Promise.all(processes.map(rotateKeys));
    const states = (await listSigningKeys(storage.database.read)).map((key) =>
      signingKeyState(key, clock.now()),
    );
    expect(states.filter((state) => state === "active")).toHaveLength(1);
    expect(states.filter((state) => state === "announced").length).toBeLessThanOrEqual(1);
  }
  expect(await listSigningKeys(storage.database.read)).toHaveLength(3);
  await Promise.all(databases.slice(1).map((database) => database.close()));
  await storage.remove();
});
