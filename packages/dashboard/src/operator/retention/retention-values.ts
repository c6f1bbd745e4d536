import type { BodyOf } from "../changes.ts";
import type { Retention } from "../queries.ts";

type Item = Retention[number];
type Kind = Item["kind"];
type Values = Record<Kind, string>;

/** What each kind is called. */
export const labels: Readonly<Record<Kind, string>> = {
  deliveries: "Deliveries",
  events: "Events",
  tokenLog: "Refused requests",
  pluginCalls: "Plugin calls",
  countsByMinute: "Counts by minute",
  countsByHour: "Counts by hour",
  audit: "Audit log",
};

const daysOf = (days: number | null) => (days === null ? "forever" : `${days} days`);

/** The limits of a kind, in words. */
export function describe({ defaultDays, leastDays, mostDays }: Item): string {
  return `Days, ${leastDays} to ${mostDays}; empty for the default, ${daysOf(defaultDays)}`;
}

/** The days as the fields show them; empty for the default of forever. */
export function valuesOf(items: Retention): Values {
  return Object.fromEntries(items.map(({ days, kind }) => [kind, days?.toString() ?? ""])) as Values;
}

/** What a person changed. The API checks it. */
export function changesOf(items: Retention, values: Values): BodyOf<"/admin/v1/settings/retention", "patch"> {
  const before = valuesOf(items);
  const changed = items.filter(({ kind }) => values[kind] !== before[kind]);
  return Object.fromEntries(
    changed.map(({ kind }) => [kind, values[kind].trim() === "" ? null : Number(values[kind])]),
  );
}

/** What a change of one kind does; empty when nothing changes. */
export function effectOf({ days, defaultDays }: Item, value: string): string {
  const typed = value.trim();
  const next = typed === "" ? defaultDays : Number(typed);
  if (Number.isNaN(next) || next === days) return "";
  if (next === null) return "Nothing is deleted from now on.";
  if (days === null || next < days)
    return `What is older than ${next} days is deleted within an hour, and cannot be restored.`;
  return `Kept for ${next - days} days longer. What is deleted already stays deleted.`;
}
