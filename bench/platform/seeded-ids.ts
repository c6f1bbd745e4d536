/** The creation time of seeded rows. */
export const seededAt = 1_790_000_000_000;

/** What a seeded id is the id of. */
export type SeededKind = "instance" | "site" | "product" | "app" | "event" | "delivery" | "webhook";

const kinds: Record<SeededKind, number> = {
  instance: 1,
  site: 2,
  product: 3,
  app: 4,
  event: 5,
  delivery: 6,
  webhook: 7,
};

/**
 * The id of a seeded row, computed from its index, so that a load generator knows every id. The ids are scattered like
 * random ids, so that a database index is packed as in production.
 */
export function seededId(kind: SeededKind, index: number): string {
  const high = hex(mix(index ^ 0x9e3779b9));
  const low = hex(mix(index));
  const unique = index.toString(16).padStart(8, "0");
  return `${high}-${low.slice(0, 4)}-4${low.slice(4, 7)}-8${kinds[kind]}00-0000${unique}`;
}

/** A permutation of the 32-bit integers without visible order (the finisher of MurmurHash3). */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
