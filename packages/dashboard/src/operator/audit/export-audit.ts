import { type AuditEntry, readAudit } from "../queries.ts";

const pageSize = 100;

/** An export ends after this many entries, which keeps it in the memory of a browser. */
export const maxExported = 100_000;

/** Filters as they are in the address. */
export type AuditFilters = Readonly<Record<string, string | undefined>>;

export type Format = "jsonl" | "csv";

interface Options {
  readonly format: Format;
  /** Gets the number of entries that are read so far. */
  readonly onRead: (count: number) => void;
  readonly signal: AbortSignal;
}

/** Reads the entries that the filters select, page by page, into a file. Rejects when `signal` is aborted. */
export async function exportAudit(filters: AuditFilters, { format, onRead, signal }: Options): Promise<Blob> {
  const parts: string[] = format === "csv" ? [csvLine(columns)] : [];
  let count = 0;
  let cursor: string | null | undefined;
  do {
    const page = { limit: pageSize, ...(cursor && { cursor }) };
    const { items, nextCursor } = await readAudit({ ...filters, ...page }, signal);
    signal.throwIfAborted();
    parts.push(items.map(format === "csv" ? toCsv : toJson).join(""));
    count += items.length;
    onRead(count);
    cursor = nextCursor;
  } while (cursor && count < maxExported);
  return new Blob(parts, { type: format === "csv" ? "text/csv" : "application/jsonl" });
}

function toJson(entry: AuditEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

const columns = [
  ...(["entryId", "occurredAt", "actor", "action", "appId", "siteId"] as const),
  ...(["instanceId", "requestId", "details"] as const),
];

function toCsv(entry: AuditEntry): string {
  return csvLine(
    columns.map((name) => (name === "details" ? JSON.stringify(entry.details) : (entry[name] ?? ""))),
  );
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** A cell that spreadsheets do not take for a formula. */
function csvCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
