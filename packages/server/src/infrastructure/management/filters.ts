import { invalidField } from "../errors/index.ts";

type Filters<Name extends string> = Readonly<Partial<Record<Name, unknown>>>;

/** Throws a violation for each of `names` that is given without one of `others`: no index has it alone. */
export function requireFilterWith<Name extends string>(
  filters: Filters<Name>,
  names: readonly Name[],
  others: readonly Name[],
): void {
  if (others.some((name) => filters[name] !== undefined)) return;
  const field = names.find((name) => filters[name] !== undefined);
  if (field !== undefined) {
    throw invalidField(field, `needs one of the filters ${others.join(", ")}`, "REQUIRED_ONE_OF_FIELD");
  }
}

/** Throws a violation when several of `names` are given, except for the pairs in `together`: no index has them all. */
export function requireOneFilter<Name extends string>(
  filters: Filters<Name>,
  names: readonly Name[],
  together: readonly (readonly [Name, Name])[],
): void {
  const given = names.filter((name) => filters[name] !== undefined);
  const [first, field] = given;
  if (first === undefined || field === undefined) return;
  if (given.length === 2 && together.some((pair) => given.every((name) => pair.includes(name)))) return;
  throw invalidField(field, `cannot be combined with the filter ${first}`, "ONE_OF_ALIGNMENT");
}
