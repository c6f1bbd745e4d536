import { appendFileSync, existsSync } from "node:fs";
import { z } from "zod";
import { hours } from "../../infrastructure/clock/index.ts";
import { lowestIdAt } from "../../infrastructure/database/index.ts";
import { OperatorError } from "../../infrastructure/errors/index.ts";
import type { Command } from "./command.ts";
import { readExport } from "./restored-audit.ts";

const page = z.object({
  items: z.array(z.looseObject({ entryId: z.string(), occurredAt: z.string() })),
  nextCursor: z.string().nullish(),
});

/** A change may be committed after a later one, so each export reads the last hour again. */
const overlap = hours(1);

/** Appends the new entries of a running server's audit log to a file. */
export const auditExport: Command = {
  summary: "Append the new entries of the audit log to a file, for latchkey restore --audit",
  options: { file: { type: "string" } },
  usage: [
    "--file <file>  One entry a line, the oldest first. Keep it outside of the database and its backups",
    "LATCHKEY_URL, LATCHKEY_ADMIN_KEY  The server, and its admin key or a key with the scope audit:read",
  ],
  async run({ env, options: { file } }) {
    if (typeof file !== "string") throw new OperatorError("invalid_command", "--file is required.");
    const { LATCHKEY_ADMIN_KEY: key, LATCHKEY_URL: url } = env;
    if (!url || !key) {
      throw new OperatorError("invalid_configuration", "Set LATCHKEY_URL and LATCHKEY_ADMIN_KEY.");
    }
    const { end, ids } = await readRecent(file);
    const entries: z.infer<typeof page>["items"] = [];
    let cursor: string | null | undefined;
    do {
      const { items, nextCursor } = await fetchPage({ url, key, cursor });
      entries.push(...items.filter(({ entryId }) => entryId >= end && !ids.has(entryId)));
      const oldest = items.at(-1)?.entryId ?? "";
      cursor = oldest >= end ? nextCursor : undefined;
    } while (cursor);
    const lines = entries.reverse().map((entry) => `${JSON.stringify(entry)}\n`);
    appendFileSync(file, lines.join(""), { mode: 0o600 });
    return { json: { added: lines.length }, text: `${lines.length} entries added to ${file}.` };
  },
};

/** Reads an export. `ids` has the ids of its entries, and `end` is the lowest possible id of its last hour. */
async function readRecent(file: string): Promise<{ end: string; ids: ReadonlySet<string> }> {
  let end = "";
  const ids = new Set<string>();
  if (!existsSync(file)) return { end, ids };
  for await (const { entryId, occurredAt } of readExport(file)) {
    const start = lowestIdAt(Date.parse(occurredAt) - overlap);
    if (start > end) end = start;
    ids.add(entryId);
  }
  return { end, ids };
}

async function fetchPage(request: {
  url: string;
  key: string;
  cursor: string | null | undefined;
}): Promise<z.infer<typeof page>> {
  const address = new URL("/admin/v1/audit?limit=100", request.url);
  if (request.cursor) address.searchParams.set("cursor", request.cursor);
  try {
    const response = await fetch(address, { headers: { authorization: `Bearer ${request.key}` } });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return page.parse(await response.json());
  } catch (cause) {
    const advice = `GET ${address.origin}${address.pathname} failed.`;
    throw new OperatorError("audit_unavailable", advice, { cause });
  }
}
