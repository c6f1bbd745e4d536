/** What ids are planted for. */
export type PlantedKind = "instance" | "site" | "product" | "app" | "event" | "delivery" | "webhook";

const kinds: Record<PlantedKind, number> = {
  ...{ instance: 1, site: 2, product: 3, app: 4, event: 5, delivery: 6, webhook: 7 },
};

/**
 * The id of the planted thing with this index: made from it, so that a generator of load knows all of them, and
 * scattered like random ids, so that an index of the database is no better packed than in real life.
 */
export function plantedId(kind: PlantedKind, index: number): string {
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
