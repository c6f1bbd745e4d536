import { randomBytes } from "node:crypto";
import { eventually } from "@latchkey/test-support/webhook-receiver";
import { expect, test } from "vitest";
import { freePort, startLatchkey } from "./latchkey-process.ts";
import { createStorage, type Storage } from "./storage.ts";

const kills = Math.min(Number(process.env.KILLS ?? 3), 20);
const instances = 10_000;
const events = 3;
const site = "51000000-0000-4000-8000-000000000000";
const id = (kind: number, n: number): string =>
  `${kind}0000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

test.each(["sqlite", "postgres"] as const)(
  "killed in the middle of a fan-out to 10,000 instances, it resumes: on %s",
  { timeout: 300_000 },
  async (engine) => {
    const storage = await createStorage(engine);
    const environment = {
      ...{ LATCHKEY_ENV: "development", PORT: await freePort() },
      ...{ LATCHKEY_ADMIN_KEY: randomBytes(32).toString("base64") },
      ...{ LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString("base64"), ...storage.environment },
    };
    // The first start creates the tables.
    await (await startLatchkey(environment)).kill("SIGTERM");
    await storage.write([...subscribedApps(), ...publishedEvents()]);

    let deliveries = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const server = await startLatchkey(environment);
      await eventually(async () => (await count(storage)) > deliveries);
      await server.kill("SIGKILL");
      deliveries = await count(storage);
    }
    expect(deliveries).toBeLessThan(instances * events);
    const server = await startLatchkey(environment);
    await eventually(async () => (await count(storage)) === instances * events);
    await server.kill("SIGTERM");

    const rows = await storage.read(
      "select event_id, instance_id, sequence from deliveries order by instance_id, sequence",
    );
    expect(rows).toHaveLength(instances * events);
    for (let n = 0; n < instances; n += 1) {
      const own = rows.slice(n * events, (n + 1) * events);
      expect(own.map((row) => [row.instance_id, row.event_id, Number(row.sequence)])).toEqual(
        Array.from({ length: events }, (_, index) => [id(3, n), id(4, index), index + 1]),
      );
    }
    await storage.remove();
  },
);

async function count(storage: Storage): Promise<number> {
  return Number((await storage.read("select count(*) as made from deliveries"))[0]?.made);
}

/** SQL for apps on one site, each with a paused webhook, so that nothing is sent. */
function subscribedApps(): string[] {
  const numbers = Array.from({ length: instances }, (_, n) => n);
  return [
    "insert into event_types values ('own', 'Own', null, null, 1)",
    `insert into sites values ('${site}', 'Site', null, 'en', 'USD', null, 1, 1, null)`,
    insertInto(
      "apps (app_id, name, gen, scopes, enabled, token_format, token_lifetime, created_at, updated_at)",
      numbers.map((n) => `'${id(1, n)}', 'App', 1, '[]', 1, 'jwt', 14400, 1, 1`),
    ),
    insertInto(
      "instances (instance_id, app_id, site_id, state, gen, granted_scopes, created_at, updated_at)",
      numbers.map((n) => `'${id(3, n)}', '${id(1, n)}', '${site}', 'installed', 1, '[]', 1, 1`),
    ),
    insertInto(
      "instance_sequences (instance_id, app_id, site_id, state, last_sequence)",
      numbers.map((n) => `'${id(3, n)}', '${id(1, n)}', '${site}', 'installed', 0`),
    ),
    insertInto(
      "webhooks (webhook_id, app_id, event_type, url, format, sealed_secret, failures, last_warning_percent, paused_at, created_at, updated_at, confirmation, confirmation_attempts)",
      numbers.map(
        (n) =>
          `'${id(2, n)}', '${id(1, n)}', 'own', 'http://127.0.0.1:9999/', 'jwt', '', 0, 0, 1, 1, 1, 'not_required', 0`,
      ),
    ),
  ];
}

function publishedEvents(): string[] {
  const rows = Array.from({ length: events }, (_, n) => `'${id(4, n)}', 'own', '${site}', '{}', 1`);
  return [insertInto("events (event_id, event_type, site_id, payload, occurred_at)", rows)];
}

function insertInto(into: string, rows: readonly string[]): string {
  return `insert into ${into} values ${rows.map((row) => `(${row})`).join(",")}`;
}
