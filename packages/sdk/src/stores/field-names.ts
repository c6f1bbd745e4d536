// The names here are those of the third-party client, so that code can move.
const NAMES_ON_THE_WIRE: ReadonlyMap<string, string> = new Map([
  ["_id", "id"],
  ["_createdDate", "createdDate"],
  ["_updatedDate", "updatedDate"],
  ["collectionIds", "collections.id"],
  ["priceData.price", "price"],
]);

/** The wire's name of a field in filters and sorts. */
export function wireFieldName(field: string): string {
  return NAMES_ON_THE_WIRE.get(field) ?? field;
}

/** A copy of wire JSON with the names used here, at every depth. */
export function withNamesHere(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withNamesHere);
  const members = value as Readonly<Record<string, unknown>>;
  const renamed: Record<string, unknown> = {};
  for (const name of Object.keys(members)) {
    // Assigned, this name would replace the prototype instead of becoming a member.
    if (name !== "__proto__") renamed[nameHere(name)] = withNamesHere(members[name]);
  }
  return renamed;
}

// Comparisons, since this runs for every member of every product and a Map takes twice as long.
function nameHere(name: string): string {
  if (name === "id") return "_id";
  if (name === "createdDate") return "_createdDate";
  return name === "updatedDate" ? "_updatedDate" : name;
}
