import { type JsonObject, violation } from "../violation.ts";

/** Parameters by name. A parameter that was sent several times has a list. */
type Parameters = ReadonlyMap<string, string | readonly string[]>;

const filterPath = "query.filter";
const listOperators = new Set(["$in", "$nin", "$hasSome", "$hasAll"]);
const flagOperators = new Set(["$exists", "$isEmpty"]);

/**
 * Parses a request that a client flattened to URL parameters: `query.paging.limit=5`, `query.filter.price.$lt=20`,
 * `query.filter.collectionIds.$hasSome=a` once for each value, `query.sort.fieldName=price&query.sort.order=DESC`. Filter and
 * sort may also be JSON: `query.filter={"price":9}`.
 *
 * @returns the request as the JSON body would be. Values of the filter stay text.
 */
export function parseUrlParameters(sent: URLSearchParams): JsonObject {
  const names = [...new Set(sent.keys())];
  const parameters: Parameters = new Map(
    names.map((name) => {
      const [first = "", ...more] = sent.getAll(name);
      return [name, more.length === 0 ? first : [first, ...more]];
    }),
  );
  if (parameters.has("query")) {
    throw violation("query", "FORMAT", "must be sent in parts, such as query.filter");
  }
  const flags = names.filter((name) => !name.startsWith("query."));
  return {
    ...Object.fromEntries(flags.map((name) => [name, readFlag(parameters.get(name))])),
    query: {
      filter: readFilter(parameters),
      sort: readSort(parameters),
      paging: readGroup(parameters, "query.paging", ["limit", "offset"]),
      cursorPaging: readGroup(parameters, "query.cursorPaging", ["limit", "cursor"]),
    },
  };
}

function readFilter(parameters: Parameters): unknown {
  const fields = new Map<string, Record<string, unknown>>();
  for (const [name, value] of parameters) {
    if (!name.startsWith(`${filterPath}.`)) continue;
    const { field, operator } = splitCondition(name.slice(filterPath.length + 1));
    fields.set(field, { ...fields.get(field), [operator]: readOperand(operator, value) });
  }
  return oneOf(
    filterPath,
    parameters.get(filterPath),
    fields.size === 0 ? undefined : Object.fromEntries(fields),
  );
}

/** Names of fields may contain dots; only an operator starts with a dollar sign. */
function splitCondition(name: string): { field: string; operator: string } {
  const at = name.lastIndexOf(".$");
  return at === -1
    ? { field: name, operator: "$eq" }
    : { field: name.slice(0, at), operator: name.slice(at + 1) };
}

function readOperand(operator: string, value: string | readonly string[]): unknown {
  if (listOperators.has(operator)) return typeof value === "string" ? [value] : value;
  return flagOperators.has(operator) ? readFlag(value) : value;
}

function readSort(parameters: Parameters): unknown {
  const parts = [...parameters.keys()].filter((name) => name.startsWith("query.sort."));
  if (parts.some((name) => name !== "query.sort.fieldName" && name !== "query.sort.order")) {
    throw violation("query.sort", "FORMAT", "has no parts but fieldName and order");
  }
  const fields = listOf(parameters.get("query.sort.fieldName"));
  const orders = listOf(parameters.get("query.sort.order"));
  if (orders.length > 0 && orders.length !== fields.length) {
    throw violation("query.sort", "FORMAT", "must have one order for each fieldName, or none");
  }
  const items = fields.map((fieldName, index) => ({ fieldName, order: orders[index] }));
  return oneOf("query.sort", parameters.get("query.sort"), items.length === 0 ? undefined : items);
}

/** Returns undefined if neither the group nor one of its members was sent. */
function readGroup(parameters: Parameters, path: string, members: readonly string[]): unknown {
  const sent = members.filter((member) => parameters.has(`${path}.${member}`));
  const parts = sent.map((member) => [member, readNumber(parameters.get(`${path}.${member}`))]);
  return oneOf(path, parameters.get(path), parts.length === 0 ? undefined : Object.fromEntries(parts));
}

/** Returns the value that was sent whole or in parts. Throws a violation for both. */
function oneOf(path: string, whole: unknown, parts: unknown): unknown {
  if (whole === undefined || parts === undefined) return whole ?? parts;
  throw violation(path, "ONE_OF_ALIGNMENT", "was sent both whole and in parts");
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}

function readFlag(value: string | readonly string[] | undefined): unknown {
  return value === "true" || value === "false" ? value === "true" : value;
}

function readNumber(value: string | readonly string[] | undefined): unknown {
  return typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}
