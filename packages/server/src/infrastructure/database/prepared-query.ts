import type { CompiledQuery } from "kysely";
import type { Database, Queries } from "./database.ts";

/** A placeholder in a query for a value of each run. */
class Parameter {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Creates a placeholder that the query builder accepts as a value of the column. */
export type ParameterOf<Names extends string> = <Value>(name: Names) => Value;

/**
 * Builds a query once and runs it with different parameters: for queries of the hot path, where building takes longer
 * than running.
 *
 * @example
 * const findApp = prepareQuery<{ name: string }, "appId">(database, (db, parameter) =>
 *   db.selectFrom("apps").select("name").where("app_id", "=", parameter<string>("appId")));
 * const [row] = await findApp({ appId });
 *
 * @param options.isCached On SQLite, rows stay in memory until a commit changes a table that they come from. This function
 * decides which rows do. Default: none. The values must come from a limited number of callers, or not be cached when
 * they are wrong. Never compare with the time in the query, because the rows stay.
 */
export function prepareQuery<Row, Names extends string>(
  database: Database,
  build: (db: Queries, parameter: ParameterOf<Names>) => { compile(): CompiledQuery<Row> },
  options: { readonly isCached?: (row: Row) => boolean } = {},
): (values: Readonly<Record<Names, string | number>>) => Promise<readonly Row[]> {
  const parameter = <Value>(name: Names): Value => new Parameter(name) as Value;
  const compiled = build(database.read, parameter).compile();
  const run = database.prepare(compiled.sql, options.isCached as (row: unknown) => boolean);
  return (values) =>
    run(
      compiled.parameters.map((value) => (value instanceof Parameter ? values[value.name as Names] : value)),
    ) as Promise<readonly Row[]>;
}

/** A list of values for a prepared query, which has a fixed number of parameters. */
export interface ListParameter {
  readonly names: readonly string[];
  /** Missing values become `""`, which equals no id or digest. */
  values(list: readonly string[]): Record<string, string>;
}

export function listParameter(name: string, count: number): ListParameter {
  const names = Array.from({ length: count }, (_, index) => `${name}${index}`);
  return {
    names,
    values: (list) => Object.fromEntries(names.map((each, index) => [each, list[index] ?? ""])),
  };
}
