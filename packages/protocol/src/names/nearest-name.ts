/** The longest name that is compared. */
const maxLength = 80;
/** How many letters a typing error adds, removes or replaces at most. */
const maxDistance = 2;

/**
 * Returns the name that was probably meant, without regard to case; undefined when none is close.
 *
 * @example
 * nearestName("prize", ["name", "price"]); // "price"
 */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  if (given.length > maxLength) return undefined;
  const limit = Math.min(maxDistance, Math.floor(given.length / 3));
  const distances = names.map((name) => distanceOf(given.toLowerCase(), name.toLowerCase()));
  const least = Math.min(...distances);
  return least <= limit ? names[distances.indexOf(least)] : undefined;
}

/** Counts the letters to add, remove or replace (Levenshtein). */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(one).entries()) {
    let left = index + 1;
    const next = [left];
    for (let at = 0; at < other.length; at += 1) {
      const replaced = (row[at] ?? 0) + (other[at] === letter ? 0 : 1);
      left = Math.min(replaced, left + 1, (row[at + 1] ?? 0) + 1);
      next.push(left);
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
