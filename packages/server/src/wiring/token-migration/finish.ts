import { OperatorError } from "../../infrastructure/errors/index.ts";
import type { PlatformClient } from "./platform-client.ts";
import { doneOutcomes, type MigrationReport, outcomeTexts, type RowOutcome } from "./report.ts";

/** Reads a list of outcomes. Throws `invalid_command` for another one. */
export function parseExcused(text: string): readonly RowOutcome[] {
  const names = text.split(",").map((name) => name.trim());
  const known = Object.keys(outcomeTexts).filter((outcome) => outcome !== "unavailable");
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names as RowOutcome[];
  throw new OperatorError(
    "invalid_command",
    `--excuse takes results with commas between them: ${known.join(", ")}.`,
  );
}

/** The rows that are neither migrated nor excused. */
export function countOpen({ outcomes }: MigrationReport, excused: readonly RowOutcome[]): number {
  const done = [...doneOutcomes, ...excused];
  const open = (Object.keys(outcomes) as RowOutcome[]).filter((outcome) => !done.includes(outcome));
  return open.reduce((sum, outcome) => sum + outcomes[outcome], 0);
}

/**
 * Ends the legacy flow of the app: clears its App URL and redirect URLs. Throws `migration_incomplete` while a row is
 * neither migrated nor excused or when no row is migrated, and `migration_not_finished` when the platform refuses.
 *
 * @param key the admin key, or a key with the scope `apps:write`
 */
export async function finishMigration(
  client: PlatformClient,
  key: string,
  { open, report }: { report: MigrationReport; open: number },
): Promise<void> {
  if (open > 0) {
    const advice = `${open} of ${report.rows} rows are neither migrated nor excused. Their result is in ${report.output}; --excuse names results that need no migration.`;
    throw new OperatorError("migration_incomplete", advice);
  }
  if (report.outcomes.migrated === 0) {
    throw new OperatorError("migration_incomplete", "No row is migrated. Is the input the right file?");
  }
  const { appId } = client.app;
  const headers = { authorization: `Bearer ${key}` };
  const request = { method: "PATCH", headers, body: { legacy: null } } as const;
  const reply = await client.send(`/admin/v1/apps/${appId}`, request);
  if (reply?.status === 200 && reply.body.legacy === null) return;
  const got = reply === undefined ? "got no response" : `returned ${reply.status}`;
  throw new OperatorError("migration_not_finished", `PATCH /admin/v1/apps/${appId} ${got}.`);
}
