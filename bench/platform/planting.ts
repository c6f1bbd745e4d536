import type { Installation } from "./installation.ts";
import { plantedId } from "./planted-ids.ts";

const plantedAt = 1_790_000_000_000;
const rowsPerStatement = 500;

/** SQL that puts `count` sites into the database, each with the app installed on it. */
export function* sitesWithInstances(installation: Installation, count: number): Iterable<string> {
  const granted = JSON.stringify(["SCOPE.DC-STORES.READ-PRODUCTS", "SCOPE.DC-STORES.MANAGE-PRODUCTS"]);
  yield* inserts("sites (site_id, name, locale, currency, created_at, updated_at)", count, (index) => [
    plantedId("site", index),
    `Site ${index}`,
    "en",
    "USD",
    plantedAt,
    plantedAt,
  ]);
  const columns = "instance_id, app_id, site_id, state, gen, granted_scopes, created_at, updated_at";
  yield* inserts(`instances (${columns})`, count, (index) => [
    plantedId("instance", index),
    installation.appId,
    plantedId("site", index),
    "installed",
    0,
    granted,
    plantedAt,
    plantedAt,
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
