import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { freePort, type LatchkeyProcess, startLatchkey } from "./latchkey-process.ts";
import { createStorage } from "./storage.ts";

const count = 5_000;

test.each(["sqlite", "postgres"] as const)(
  "a job continues after its server was killed, and changes each row once, on %s",
  { timeout: 600_000 },
  async (engine) => {
    const storage = await createStorage(engine);
    const adminKey = randomBytes(32).toString("base64");
    const environment = {
      ...{ LATCHKEY_ENV: "development", PORT: await freePort(), LATCHKEY_ADMIN_KEY: adminKey },
      ...{ LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString("base64"), ...storage.environment },
    };
    let server: LatchkeyProcess = await startLatchkey(environment);
    const call = async (operation: string, body: object = {}) => {
      const [method = "", path = ""] = operation.split(" ");
      const headers = { authorization: `Bearer ${adminKey}`, "content-type": "application/json" };
      const sent = method === "GET" ? {} : { body: JSON.stringify(body) };
      const response = await fetch(`${server.url}/admin/v1${path}`, { method, headers, ...sent });
      expect([operation, response.status]).toEqual([operation, 200]);
      return (await response.json()) as Record<string, string | number>;
    };
    const canceled = async (): Promise<number> => {
      const rows = await storage.read("select count(*) as count from deliveries where status = 'canceled'");
      return Number(rows[0]?.count);
    };
    const until = async (isDone: () => Promise<boolean>): Promise<void> => {
      while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 10));
    };

    const { appId } = await call("POST /apps", { name: "App" });
    const hook = { eventType: "AppInstalled", url: "http://127.0.0.1:9999/hooks" };
    const { webhookId } = await call(`POST /apps/${appId}/webhooks`, hook);
    await call(`POST /apps/${appId}/webhooks/${webhookId}/pause`);
    await server.kill("SIGTERM");
    await storage.write([manyDeliveries(String(appId), String(webhookId))]);
    server = await startLatchkey(environment);

    const cancel = { action: "cancel", filter: { appId }, confirmCount: count };
    const { jobId } = await call("POST /jobs", cancel);
    await until(async () => (await canceled()) > 0);
    await server.kill("SIGKILL");
    const atDeath = await canceled();
    expect(atDeath).toBeLessThan(count);
    server = await startLatchkey(environment);
    await until(async () => (await call(`GET /jobs/${jobId}`)).state === "done");
    expect(await call(`GET /jobs/${jobId}`)).toMatchObject({ total: count, done: count, failed: 0 });
    expect(await canceled()).toBe(count);
    await server.kill("SIGTERM");
    await storage.remove();
  },
);

/** SQL for pending deliveries of a paused webhook, on both databases. */
function manyDeliveries(appId: string, webhookId: string): string {
  return `insert into deliveries
    select '01900000-0000-7000-8000-' || substr(cast(1000000000000 + i as text), 2), '01900000-0000-7000-8000-' || substr(cast(1000000000000 + i as text), 2),
      '${webhookId}', '${appId}', null, 'AppInstalled', null, 'pending', 0, 0, 1, null, 0, 0, 1, null
    from (with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count}) select i from n) as n`;
}
