import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { securityActions } from "../../features/audit/index.ts";
import type { Queries } from "../../infrastructure/database/index.ts";
import { OperatorError } from "../../infrastructure/errors/index.ts";
import { findAuditIds } from "./restore.queries.ts";

const id = z.string().nullable();

/** An entry of `GET /admin/v1/audit`, as a line of an export. */
interface ExportedEntry {
  readonly entryId: string;
  readonly actor: string;
  readonly action: string;
  readonly appId: string | null;
  readonly siteId: string | null;
  readonly instanceId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly occurredAt: string;
}

const exportedEntry: z.ZodType<ExportedEntry> = z.object({
  entryId: z.string(),
  actor: z.string(),
  action: z.string(),
  appId: id,
  siteId: id,
  instanceId: id,
  details: z.record(z.string(), z.unknown()),
  occurredAt: z.string(),
});

/** A change that the database lacks, and the request of the management API that repeats it. */
interface LostChange extends Pick<ExportedEntry, "action" | "actor" | "details" | "occurredAt"> {
  readonly request: string;
}

/** How a restored database differs from an export of the audit log. */
interface Comparison {
  /** Security changes to repeat, oldest first. */
  readonly repeat: readonly LostChange[];
  /** All other changes that are lost: how many of each action. */
  readonly lost: Readonly<Record<string, number>>;
  /** Entries of the export that the database has. */
  readonly known: number;
  /** Time of the last entry of the export. Later changes are in no list. */
  readonly exportEnds: string | undefined;
}

const entriesPerQuery = 500;

/** Compares an export with the audit log of the database. Throws `audit_unavailable` for another file. */
export async function compareAudit(db: Queries, file: string): Promise<Comparison> {
  const repeat = new Map<string, LostChange>();
  const lost = new Map<string, Set<string>>();
  let known = 0;
  let newest: ExportedEntry | undefined;
  for await (const entries of batches(file)) {
    const present = await findAuditIds(
      db,
      entries.map((entry) => entry.entryId),
    );
    known += present.size;
    for (const entry of entries) {
      if (newest === undefined || entry.entryId > newest.entryId) newest = entry;
      if (present.has(entry.entryId)) continue;
      const request = securityActions.get(entry.action);
      if (request === undefined) {
        lost.set(entry.action, (lost.get(entry.action) ?? new Set()).add(entry.entryId));
      } else if (request !== "done") repeat.set(entry.entryId, lostChange(entry, request));
    }
  }
  return {
    // Ids ascend with time.
    repeat: [...repeat].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, change]) => change),
    lost: Object.fromEntries([...lost].map(([action, ids]) => [action, ids.size])),
    known,
    exportEnds: newest?.occurredAt,
  };
}

/** Describes a comparison, one line for each change. */
export function describeComparison({ exportEnds, known, lost, repeat }: Comparison): string[] {
  const others = Object.entries(lost).map(([action, count]) => `${count} ${action}`);
  return [
    ...(known === 0 ? ["The database has no entry of this export. Is it the export of this platform?"] : []),
    repeat.length === 0 ? "No security change has to be repeated." : "Repeat these changes, in this order:",
    ...repeat.map(
      ({ action, actor, details, occurredAt, request }) =>
        `${occurredAt}  ${request}  (${action} by ${actor}) ${JSON.stringify(details)}`,
    ),
    ...(others.length > 0 ? [`Also lost: ${others.join(", ")}.`] : []),
    `The export ends at ${exportEnds ?? "no entry"}. What happened after that is not in this list.`,
  ];
}

async function* batches(file: string): AsyncIterable<readonly ExportedEntry[]> {
  let batch: ExportedEntry[] = [];
  for await (const entry of readExport(file)) {
    batch.push(entry);
    if (batch.length < entriesPerQuery) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Reads an export, one entry a line. Throws `audit_unavailable` for a file that cannot be read or is not an export. */
export async function* readExport(file: string): AsyncIterable<ExportedEntry> {
  let number = 0;
  try {
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      number += 1;
      if (line !== "") yield exportedEntry.parse(JSON.parse(line));
    }
  } catch (cause) {
    const where = number === 0 ? file : `${file}, line ${number}`;
    throw new OperatorError("audit_unavailable", `${where} is not an entry of latchkey audit-export.`, {
      cause,
    });
  }
}

/** Fills the names in a path with ids and details of the entry. */
function lostChange(entry: ExportedEntry, template: string): LostChange {
  const { action, actor, appId, details, instanceId, occurredAt, siteId } = entry;
  const values: Record<string, unknown> = { ...details, appId, siteId, instanceId };
  const path = template.replaceAll(/\{(\w+)\}/g, (name, key) => String(values[key] ?? name));
  return { request: path.replace(" ", " /admin/v1"), action, actor, details, occurredAt };
}
