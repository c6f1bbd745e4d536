import { z } from "zod";
import type { Queries } from "../../infrastructure/database/index.ts";
import { change, type ManagementRoute, read } from "../../infrastructure/management/index.ts";
import { someOf } from "../../infrastructure/routes/index.ts";
import type { AuditLog } from "../audit/index.ts";
import { type RetentionKindName, retentionKindNames, retentionKinds } from "./kinds.ts";
import { readRetention, setRetention } from "./retention.queries.ts";

const path = "/settings/retention";
const tag = "Settings";

const response = z
  .object({
    items: z.array(
      z.object({
        kind: z.enum(retentionKindNames),
        description: z.string(),
        days: z.int().nullable().meta({ description: "null: forever" }),
        defaultDays: z.int().nullable().meta({ description: "null: forever" }),
        leastDays: z.int(),
        mostDays: z.int(),
      }),
    ),
  })
  .meta({ id: "Retention", description: "How long rows are kept" });

const body = someOf(
  z.strictObject(
    Object.fromEntries(
      retentionKindNames.map((kind) => {
        const { description, least, most } = retentionKinds[kind];
        const days = z.int().min(least).max(most).nullable().optional();
        return [kind, days.meta({ description: `Days. ${description}. null: the default` })];
      }),
    ) as Record<RetentionKindName, z.ZodOptional<z.ZodNullable<z.ZodInt>>>,
  ),
);

/** The settings that say how long rows are kept. */
export function retentionRoutes(audit: AuditLog): readonly ManagementRoute[] {
  return [
    read({
      path,
      tag,
      operationId: "getRetention",
      summary: "Read how long deliveries, events, logs and counts are kept",
      scope: "settings:read",
      accounts: ["account"],
      portal: "every",
      response,
      handle: ({ db }) => show(db),
    }),
    change({
      method: "PATCH",
      path,
      tag,
      operationId: "changeRetention",
      summary:
        "Change how long rows are kept; the next hourly maintenance of each process deletes older ones",
      scope: "settings:write",
      example: { deliveries: 14, tokenLog: null },
      body,
      response,
      async handle({ trx, actor, body }) {
        for (const kind of retentionKindNames) {
          const days = body[kind];
          if (days !== undefined) await setRetention(trx, kind, days);
        }
        await audit.append(trx, actor, { action: "retention.changed", details: body });
        return await show(trx);
      },
    }),
  ];
}

async function show(db: Queries): Promise<z.input<typeof response>> {
  const days = await readRetention(db);
  return {
    items: retentionKindNames.map((kind) => {
      const { default: defaultDays, description, least: leastDays, most: mostDays } = retentionKinds[kind];
      return { kind, description, days: days[kind], defaultDays, leastDays, mostDays };
    }),
  };
}
