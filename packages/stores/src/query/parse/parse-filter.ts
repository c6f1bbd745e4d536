import { type Field, type FieldSet, type Operator, operators } from "../fields.ts";
import type { Filter, Test } from "../filter.ts";
import type { Scalar } from "../value-kinds.ts";
import { isObject, tooMany, unknownField, violation } from "../violation.ts";
import { parseJsonValue } from "./parse-json-value.ts";

/** Limits of one filter, far above what clients send. They bound the cost of a query. */
const limits = {
  depth: 10,
  conditions: 100,
  values: 1_000,
  /** Values of `$hasAll`: each is a subquery. */
  valuesOfHasAll: 100,
  scans: 10,
  patternLength: 500,
} as const;

const path = "query.filter";

/** Counts the conditions and values of one filter. */
interface Reader {
  readonly fields: FieldSet;
  conditions: number;
  values: number;
  /** Conditions that cost much more than comparing a column. */
  scans: number;
}

interface Location {
  readonly path: string;
  readonly depth: number;
}

/**
 * Parses a filter of the V1 language: `{field: value}`, `{field: {$operator: value}}`, `$and`, `$or`, `$not`.
 *
 * Throws a violation for an unknown field or operator, and for a filter that is too large.
 *
 * @returns undefined for no filter
 */
export function parseFilter(input: unknown, fields: FieldSet): Filter | undefined {
  const value = parseJsonValue(input, path);
  if (value === undefined) return undefined;
  return readObject({ fields, conditions: 0, values: 0, scans: 0 }, value, { path, depth: 1 });
}

function readObject(reader: Reader, value: unknown, location: Location): Filter {
  if (!isObject(value)) {
    throw violation(location.path, "FORMAT", "must be an object of fields and their conditions");
  }
  if (location.depth > limits.depth) throw tooMany(path, limits.depth, "levels");
  const entries = Object.entries(value);
  // An empty object still adds a condition to the SQL.
  if (entries.length === 0) countCondition(reader);
  return joined(entries.map((entry) => readEntry(reader, entry, location)));
}

function readEntry(reader: Reader, [key, value]: [string, unknown], location: Location): Filter {
  const inner = { path: `${location.path}.${key}`, depth: location.depth + 1 };
  if (key === "$not") return { type: "not", filter: readObject(reader, value, inner) };
  if (key === "$and") return { type: "and", filters: readList(reader, value, inner) };
  if (key === "$or") return { type: "or", filters: readList(reader, value, inner) };
  const field = reader.fields.find(key);
  if (field !== undefined)
    return readConditions(reader, field, { value, path: `${location.path}.${field.name}` });
  throw unknownField(location.path, key, [...reader.fields.names, "$and", "$or", "$not"]);
}

function readList(reader: Reader, value: unknown, location: Location): Filter[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw violation(location.path, ["MIN_SIZE", 1], "must be a list of at least one filter");
  }
  return value.map((item, index) =>
    readObject(reader, item, { ...location, path: `${location.path}[${index}]` }),
  );
}

/** `value` is a bare value, null, or an object of operators that must all match. */
function readConditions(reader: Reader, field: Field, at: { value: unknown; path: string }): Filter {
  if (!isObject(at.value)) return readTest(reader, field, { ...at, operator: "$eq" });
  const entries = Object.entries(at.value);
  const filters = entries.map(([key, value]) => {
    const operator = operators.find((known) => known === key);
    if (operator === undefined || !field.operators.includes(operator)) {
      throw violation(
        operator === undefined ? at.path : `${at.path}.${key}`,
        "INVALID_ENUM_VALUE",
        `has an unknown operator; use one of ${field.operators.join(", ")}`,
      );
    }
    return readTest(reader, field, { value, path: `${at.path}.${key}`, operator });
  });
  if (filters.length > 0) return joined(filters);
  throw violation(at.path, ["MIN_SIZE", 1], "must have an operator");
}

function readTest(
  reader: Reader,
  field: Field,
  at: { operator: Operator; value: unknown; path: string },
): Filter {
  countCondition(reader);
  if (isScan(at.operator) || field.type === "list") countScan(reader);
  const test = (test: Test): Filter => ({ type: "test", field, test });
  const not = (filter: Filter): Filter => ({ type: "not", filter });
  const empty = test({ operator: "empty" });
  const { operator, value } = at;
  switch (operator) {
    case "$in":
    case "$hasSome":
      return test({ operator: "$hasSome", values: readValues(reader, field, at) });
    case "$nin":
      return not(test({ operator: "$hasSome", values: readValues(reader, field, at) }));
    case "$hasAll": {
      const values = readValues(reader, field, at);
      if (values.length > limits.valuesOfHasAll) throw tooMany(at.path, limits.valuesOfHasAll, "values");
      return test({ operator, values });
    }
    case "$exists":
      return readFlag(value, at.path) ? not(empty) : empty;
    case "$isEmpty":
      return readFlag(value, at.path) ? empty : not(empty);
    default: {
      if (value === null && operator === "$eq") return empty;
      if (value === null && operator === "$ne") return not(empty);
      const read = readValue(field, value, at.path);
      if (isScan(operator) || operator === "$startsWith") checkPattern(read, at.path);
      return test({ operator, value: read });
    }
  }
}

function countCondition(reader: Reader): void {
  reader.conditions += 1;
  if (reader.conditions > limits.conditions) throw tooMany(path, limits.conditions, "conditions");
}

function countScan(reader: Reader): void {
  reader.scans += 1;
  if (reader.scans <= limits.scans) return;
  const scans = "conditions that are $contains, $endsWith or on a field with several values";
  throw tooMany(path, limits.scans, scans);
}

/** Whether no index helps, so that the text of each row is searched. */
function isScan(operator: Operator): boolean {
  return operator === "$contains" || operator === "$endsWith";
}

function readFlag(value: unknown, at: string): boolean {
  if (typeof value === "boolean") return value;
  throw violation(at, "FORMAT", "must be true or false");
}

function readValues(reader: Reader, field: Field, at: { value: unknown; path: string }): Scalar[] {
  if (!Array.isArray(at.value)) throw violation(at.path, "FORMAT", "must be a list of values");
  reader.values += at.value.length;
  if (reader.values > limits.values) throw tooMany(at.path, limits.values, "values");
  const values = at.value.map((value, index) => readValue(field, value, `${at.path}[${index}]`));
  return [...new Set(values)];
}

function readValue({ kind }: Field, value: unknown, at: string): Scalar {
  const read = kind.read(value);
  if (read !== undefined) return read;
  throw violation(at, kind.violatedRule, `must be ${kind.expected}`);
}

function checkPattern(value: Scalar, at: string): void {
  const threshold = limits.patternLength;
  if (String(value).length <= threshold) return;
  throw violation(at, ["MAX_LENGTH", threshold], `must have at most ${threshold} characters`);
}

function joined(filters: readonly Filter[]): Filter {
  const [only] = filters;
  return only !== undefined && filters.length === 1 ? only : { type: "and", filters };
}
