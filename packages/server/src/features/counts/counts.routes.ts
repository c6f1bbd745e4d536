import { z } from "zod";
import { hours, isoTime, minutes } from "../../infrastructure/clock/index.ts";
import type { Queries } from "../../infrastructure/database/index.ts";
import { invalidField } from "../../infrastructure/errors/index.ts";
import { type ManagementRoute, read } from "../../infrastructure/management/index.ts";
import { instant, time } from "../../infrastructure/routes/index.ts";
import { readApp } from "../apps/index.ts";
import { readCounts } from "./counts.queries.ts";
import { allApps } from "./counts.ts";
import { countedMetrics, isTimed } from "./metrics.ts";
import { seriesOf } from "./series.ts";

const maxPoints = 1_440;
const steps = { minute: minutes(1), hour: hours(1) } as const;
const defaultPoints = { minute: 60, hour: 24 } as const;

const metric = z.enum(countedMetrics).meta({
  description:
    "tokens: token requests, issued or by the reason of the refusal. apiCalls: calls with an access token, by class of status such as 2xx; refused when the token, its permission or its rate is not accepted. deliveries: attempts by outcome. pluginCalls: calls of service plugins by outcome",
});
const step = z.enum(["minute", "hour"]);

const query = z.strictObject({
  metric: metric.default("tokens"),
  step: step.default("minute"),
  since: instant.optional().meta({
    description:
      "Start of the first point, rounded down to the step. Default: 60 minutes or 24 hours before `until`",
  }),
  until: instant.optional().meta({ description: "The last point begins before this time. Default: now" }),
});

const points = z.array(z.number().int().nullable());
const durations = "null where nothing was counted; absent for tokens and apiCalls";

const response = z
  .object({
    metric,
    step,
    at: z.array(time).meta({ description: "The start of each point, without gaps" }),
    series: z
      .array(
        z.object({
          outcome: z.string(),
          total: z.int(),
          counts: z.array(z.int()).meta({ description: "One for each time of `at`" }),
          averageMs: points.optional().meta({ description: `Average duration; ${durations}` }),
          p50Ms: points.optional().meta({
            description: `Duration that half of them did not exceed, estimated from counts by duration, at most 10,000; ${durations}`,
          }),
          p95Ms: points.optional().meta({ description: `The same for 95 %; ${durations}` }),
        }),
      )
      .meta({ description: "One for each outcome that occurred, the most frequent first" }),
  })
  .meta({
    id: "Counts",
    description: "Counts of each minute or hour. Those of the last 5 seconds are missing",
  });

type Query = z.output<typeof query>;

const tag = "Counts";
const kept = "minutes are kept for 7 days and hours for 90, or as the settings of retention say";

/** Counts for plots, of one app and of all apps together. */
export function countsRoutes(): readonly ManagementRoute[] {
  return [
    read({
      path: "/apps/{appId}/counts",
      tag,
      operationId: "getAppCounts",
      summary: `Read what an app did in each minute or hour; ${kept}`,
      scope: "apps:read",
      accounts: ["app-developer"],
      portal: ["overview", "webhooks", "health"],
      query,
      response,
      async handle({ db, ids, now, query }) {
        const { appId } = await readApp(db, ids.appId);
        return await findCounts(db, { appId, now, query });
      },
    }),
    read({
      path: "/counts",
      tag,
      operationId: "getCounts",
      summary: `Read what all apps did in each minute or hour; ${kept}`,
      scope: "metrics:read",
      query,
      response,
      handle: ({ db, now, query }) => findCounts(db, { appId: allApps, now, query }),
    }),
  ];
}

async function findCounts(
  db: Queries,
  { appId, now, query }: { appId: string; now: number; query: Query },
): Promise<z.input<typeof response>> {
  const { metric, step } = query;
  const at = pointsOf(query, now);
  const [since = 0] = at;
  const rows = await readCounts(db, { appId, metric, step, since, until: (at.at(-1) ?? 0) + 1 });
  return { metric, step, at: at.map(isoTime), series: seriesOf(rows, { at, timed: isTimed(metric) }) };
}

/** The times of the points. Throws violations for a time without points, and for too many. */
function pointsOf({ since, step, until }: Query, now: number): number[] {
  const length = steps[step];
  const end = until ?? now + 1;
  const last = Math.ceil(end / length) - 1;
  const first = since === undefined ? last - defaultPoints[step] + 1 : Math.floor(since / length);
  if (since !== undefined && since >= end) throw invalidField("since", "must be before until", "VALIDATION");
  const count = last - first + 1;
  if (count > maxPoints) {
    const advice = step === "minute" ? "use step=hour, or a shorter time" : "use a shorter time";
    throw invalidField(
      "since",
      `makes ${count} points, and at most ${maxPoints} are returned; ${advice}`,
      "MAX",
    );
  }
  return Array.from({ length: count }, (_, index) => (first + index) * length);
}
