import type { CompiledQuery } from "kysely";
import type { Database, Queries } from "./database.ts";

/** Stands, while a query is built, for a value that each run brings. */
class Parameter {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Names a parameter; the query builder takes it for a value of its column's type. */
export type ParameterOf<Names extends string> = <Value>(name: Names) => Value;

/**
 * Builds a query once and runs it with other parameters each time: for the few queries on the hot path, where
 * building would cost more than running.
 *
 * @example
 * const findApp = prepareQuery<{ name: string }, "appId">(database, (db, parameter) =>
 *   db.selectFrom("apps").select("name").where("app_id", "=", parameter<string>("appId")));
 * const [row] = await findApp({ appId });
 */
export function prepareQuery<Row, Names extends string>(
  database: Database,
  build: (db: Queries, parameter: ParameterOf<Names>) => { compile(): CompiledQuery<Row> },
): (values: Readonly<Record<Names, string | number>>) => Promise<Row[]> {
  const parameter = <Value>(name: Names): Value => new Parameter(name) as Value;
  const compiled = build(database.read, parameter).compile();
  const run = database.prepare(compiled.sql);
  return async (values) =>
    (await run(
      compiled.parameters.map((value) => (value instanceof Parameter ? values[value.name as Names] : value)),
    )) as Row[];
}

/** A list as parameters of a prepared query, whose text cannot depend on how many values a run brings. */
export interface ListParameter {
  readonly names: readonly string[];
  /** Up to as many values as there are names; the others become `""`, which no id or digest is. */
  values(list: readonly string[]): Record<string, string>;
}

export function listParameter(name: string, count: number): ListParameter {
  const names = Array.from({ length: count }, (_, index) => `${name}${index}`);
  return {
    names,
    values: (list) => Object.fromEntries(names.map((each, index) => [each, list[index] ?? ""])),
  };
}
