import type { InstalledApp } from "./installed-app.ts";
import { seededAt, seededId } from "./seeded-ids.ts";

const rowsPerStatement = 500;

/** SQL that inserts `count` sites, each with an instance of the app. */
export function* sitesWithInstances(installed: InstalledApp, count: number): Iterable<string> {
  const granted = JSON.stringify(["SCOPE.DC-STORES.READ-PRODUCTS", "SCOPE.DC-STORES.MANAGE-PRODUCTS"]);
  yield* inserts("sites (site_id, name, locale, currency, created_at, updated_at)", count, (index) => [
    seededId("site", index),
    `Site ${index}`,
    "en",
    "USD",
    seededAt,
    seededAt,
  ]);
  const columns = "instance_id, app_id, site_id, state, gen, granted_scopes, created_at, updated_at";
  yield* inserts(`instances (${columns})`, count, (index) => [
    seededId("instance", index),
    installed.appId,
    seededId("site", index),
    "installed",
    0,
    granted,
    seededAt,
    seededAt,
  ]);
}

type Value = string | number | null;

/** INSERT statements of a few hundred rows each; `table` is the table with its columns. */
export function* inserts(table: string, count: number, row: (index: number) => Value[]): Iterable<string> {
  for (let start = 0; start < count; start += rowsPerStatement) {
    const rows: string[] = [];
    for (let index = start; index < Math.min(start + rowsPerStatement, count); index += 1) {
      rows.push(`(${row(index).map(literal).join(", ")})`);
    }
    yield `INSERT INTO ${table} VALUES ${rows.join(",\n")}`;
  }
}

function literal(value: Value): string {
  if (value === null) return "NULL";
  return typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
