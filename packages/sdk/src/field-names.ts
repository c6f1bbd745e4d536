// The names here are those of the third-party client, so that code can move.

/** The wire's name of a field in filters and sorts, such as `createdDate` for `_createdDate`. */
export function wireFieldName(field: string): string {
  return field.split(".").map(wireName).join(".");
}

/** A copy of wire JSON with the names used here, at every depth. */
export function fromWireNames(value: unknown): unknown {
  return renamed(value, clientName);
}

/** A copy of what a caller gave with the names of the wire, at every depth. */
export function toWireNames(value: unknown): unknown {
  return renamed(value, wireName);
}

function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map((element) => renamed(element, rename));
  const members = value as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(members)) {
    // Assigned, this name would replace the prototype instead of becoming a member.
    if (name !== "__proto__") copy[rename(name)] = renamed(members[name], rename);
  }
  return copy;
}

// Comparisons, since these run for every member of every product and a Map takes twice as long.
function clientName(name: string): string {
  if (name === "id") return "_id";
  if (name === "createdDate") return "_createdDate";
  return name === "updatedDate" ? "_updatedDate" : name;
}

function wireName(name: string): string {
  if (name === "_id") return "id";
  if (name === "_createdDate") return "createdDate";
  return name === "_updatedDate" ? "updatedDate" : name;
}
