import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import { listUses, type Queries, readUse } from "../../infrastructure/database/index.ts";
import {
  isAuthorized,
  list,
  type ManagementRoute,
  type Principal,
  requireOwnApp,
  timeFilters,
} from "../../infrastructure/management/index.ts";
import { type Route, time } from "../../infrastructure/routes/index.ts";
import { type Instance, readInstance } from "../instances/index.ts";
import { mergeNewest } from "./merge.ts";
import { sources, type TimelineEntry, type TimelineKind, timelineKinds } from "./sources.ts";

const kind = z.enum(timelineKinds);

const entry = z
  .object({
    kind,
    id: z.guid().meta({ description: "entryId, deliveryId or callId in the list that has the entry" }),
    at: time.meta({ description: "When it began. Entries are in this order" }),
    name: z.string().meta({
      description:
        "Route of a refused request, event type of a delivery, type and method of a plugin call, or action of a change",
    }),
    outcome: z.string().nullable().meta({
      description:
        "Reason of a refused request, status of a delivery or outcome of a plugin call; null for a change",
    }),
    detail: z.string().nullable().meta({ description: "Why the last attempt or the call failed, in words" }),
    httpStatus: z.int().nullable().meta({ description: "Of the response to the last attempt or the call" }),
    durationMs: z.int().nullable().meta({ description: "Of the last attempt or the call" }),
    requests: z.int().nullable().meta({ description: "Refused requests of one hour with the same reason" }),
    lastAt: time.nullable().meta({ description: "The last refused request, or the end of a delivery" }),
    actor: z.string().nullable().meta({ description: "Who made a change" }),
    requestId: z.string().nullable(),
  })
  .meta({ id: "TimelineEntry", description: "Something that is recorded about an instance" });

const timelineSummary = z
  .object({
    kinds: z.array(kind).meta({ description: "Kinds of entries that the caller may read" }),
    tokens: z.object({ issued: z.int(), lastAt: time.nullable() }),
    pages: z
      .array(z.object({ extensionId: z.guid(), openings: z.int(), lastAt: time }))
      .meta({ description: "Pages of the app whose URL was created for this instance" }),
  })
  .meta({ id: "TimelineSummary", description: "What is only counted; it is stored at most 5 seconds late" });

const filters = z.strictObject({
  kinds: z
    .string()
    .max(100)
    .regex(
      new RegExp(`^(${timelineKinds.join("|")})(,(${timelineKinds.join("|")}))*$`),
      `must be some of ${timelineKinds.join(", ")}, separated by commas`,
    )
    .transform((names) => names.split(",") as TimelineKind[])
    .optional()
    .meta({ description: "Separated by commas; default: all" }),
  ...timeFilters,
});

/**
 * The route of the timeline of an instance.
 *
 * @param routes the routes of the management API: who may call the list of a kind for the instance sees this kind
 */
export function timelineRoute(routes: readonly Route[]): ManagementRoute {
  const readable = async (db: Queries, principal: Principal, { appId, siteId }: Instance) => {
    const found: (typeof sources)[number][] = [];
    for (const source of sources) {
      const access = routes.find((route) => route.operationId === source.operation)?.access;
      if (access?.kind !== "api-key") throw new Error(`There is no list ${source.operation}.`);
      if (await isAuthorized(db, principal, { route: access, owners: { appId, siteId } })) found.push(source);
    }
    return found;
  };
  return list({
    path: "/instances/{instanceId}/timeline",
    tag: "Instances",
    operationId: "getTimeline",
    summary:
      "List refused requests, deliveries, plugin calls and changes of an instance in one order, newest first; of these kinds, the ones whose list the caller may read",
    scope: "instances:read",
    accounts: ["app-developer", "site-member"],
    portal: ["instances"],
    servesBoundKeys: true,
    errors: ["INSTANCE_NOT_FOUND"],
    filters,
    item: entry,
    async find({ db, filters: { kinds = timelineKinds, ...times }, ids, page, principal }) {
      const instance = await readOwn(db, ids.instanceId, principal);
      const chosen = (await readable(db, principal, instance)).filter((source) =>
        kinds.includes(source.kind),
      );
      const pages = chosen.map((source) => source.find(db, { instance, ...times }, page));
      return mergeNewest(await Promise.all(pages), page.limit);
    },
    position: ({ id }) => id,
    show: showEntry,
    withSummary: {
      schema: timelineSummary,
      async read({ db, ids, principal }) {
        const instance = await readOwn(db, ids.instanceId, principal);
        const tokens = await readUse(db, instance.instanceId);
        const pages = await listUses(db, instance.instanceId);
        return {
          kinds: (await readable(db, principal, instance)).map((source) => source.kind),
          tokens: { issued: tokens?.count ?? 0, lastAt: tokens === undefined ? null : isoTime(tokens.at) },
          pages: pages.map(({ at, count, id }) => ({
            extensionId: id.slice(instance.instanceId.length + 1),
            ...{ openings: count, lastAt: isoTime(at) },
          })),
        };
      },
    },
  });
}

/** Throws `INSTANCE_NOT_FOUND`, also for an instance of an app that the key is not bound to. */
async function readOwn(db: Queries, instanceId: string, principal: Principal): Promise<Instance> {
  const instance = await readInstance(db, instanceId);
  requireOwnApp(principal, instance.appId, "INSTANCE_NOT_FOUND");
  return instance;
}

function showEntry(one: TimelineEntry): z.input<typeof entry> {
  const { actor, at, detail, durationMs, httpStatus, id, kind, lastAt, name, outcome } = one;
  return {
    ...{ kind, id, at: isoTime(at), name },
    ...{ outcome: outcome ?? null, detail: detail ?? null, httpStatus: httpStatus ?? null },
    ...{ durationMs: durationMs ?? null, requests: one.requests ?? null, actor: actor ?? null },
    lastAt: lastAt == null ? null : isoTime(lastAt),
    requestId: one.requestId || null,
  };
}
