import { z } from "zod";
import { listUnhealthyWebhooks, readBacklog } from "../../features/webhooks/index.ts";
import { isoTime } from "../../infrastructure/clock/index.ts";
import { type Database, readDatabaseHealth } from "../../infrastructure/database/index.ts";
import { type ManagementRoute, read } from "../../infrastructure/management/index.ts";
import { type Metrics, version } from "../../infrastructure/observability/index.ts";
import { time } from "../../infrastructure/routes/index.ts";

interface Dependencies {
  readonly database: Database;
  readonly metrics: Metrics;
}

const limits = { webhooks: 50, pending: 10_000 } as const;

const webhook = z.object({
  webhookId: z.guid(),
  appId: z.guid(),
  eventType: z.string(),
  url: z.string(),
  failures: z.int().meta({ description: "Failed attempts since the last success" }),
  failingSince: time.nullable(),
  pausedAt: time.nullable(),
  pauseReason: z.enum(["manual", "failing", "gone", "unconfirmed"]).nullable(),
  pending: z.int().meta({ description: "Deliveries that wait for it" }),
});

const response = z
  .object({
    version: z.string(),
    database: z.object({
      engine: z.enum(["sqlite", "postgres"]),
      latencyMs: z.number().meta({ description: "Duration of the smallest query" }),
      sizeBytes: z.int(),
      failures: z.int().meta({
        description:
          "Connections and queries of this process that failed because the database was unavailable",
      }),
    }),
    deliveries: z.object({
      pending: z.int().meta({ description: "Also those of paused webhooks; counted up to 10,000" }),
      oldestDueAt: time.nullable().meta({
        description: "When the most overdue delivery was due; webhooks that are paused are left out",
      }),
      oldestEventAt: time
        .nullable()
        .meta({ description: "Time of the oldest event without deliveries so far" }),
    }),
    webhooks: z.array(webhook).meta({
      description: "Those that are paused or fail, of each the 50 longest ones",
    }),
    maintenance: z
      .array(
        z.object({
          work: z.string(),
          succeededAt: time.nullable().meta({ description: "null: not since this process started" }),
        }),
      )
      .meta({ description: "Hourly work of the process that responds" }),
  })
  .meta({ id: "PlatformHealth", description: "What an operator looks at first" });

/** How the platform is, for operators. */
export function platformHealthRoute({ database, metrics }: Dependencies): ManagementRoute {
  return read({
    path: "/health",
    tag: "Operation",
    operationId: "getPlatformHealth",
    summary: "Read the health of the database, of deliveries across apps, and of hourly maintenance",
    scope: "metrics:read",
    response,
    async handle({ db }) {
      const { oldestDueAt, oldestEventAt, pending } = await readBacklog(db);
      const oldest = { oldestDueAt: timeOf(oldestDueAt), oldestEventAt: timeOf(oldestEventAt) };
      return {
        version,
        database: await readDatabaseHealth(database),
        deliveries: { pending, ...oldest },
        webhooks: (await listUnhealthyWebhooks(db, limits)).map(showWebhook),
        maintenance: await readMaintenance(metrics),
      };
    },
  });
}

type Response = z.input<typeof response>;

async function readMaintenance({ maintenanceSuccess }: Metrics): Promise<Response["maintenance"]> {
  const { values } = await maintenanceSuccess.get();
  return values.map(({ labels, value }) => ({
    work: String(labels.work),
    succeededAt: value === 0 ? null : isoTime(Math.round(value * 1_000)),
  }));
}

function showWebhook(row: Awaited<ReturnType<typeof listUnhealthyWebhooks>>[number]) {
  return {
    webhookId: row.webhook_id,
    appId: row.app_id,
    eventType: row.event_type,
    url: row.url,
    failures: row.failures,
    failingSince: timeOf(row.failing_since),
    pausedAt: timeOf(row.paused_at),
    pauseReason: row.pause_reason,
    pending: row.pending,
  };
}

function timeOf(at: number | null): string | null {
  return at === null ? null : isoTime(at);
}
