/** Longest slug, in characters. */
const maxSlugLength = 100;

const tries = 20;

/**
 * The slug itself, or the same with the first number behind it that is free, or with something random when many are
 * taken.
 *
 * @param taken tells which of some slugs are taken
 */
export async function freeSlug(
  wanted: string,
  taken: (slugs: readonly string[]) => Promise<ReadonlySet<string>>,
  random: () => string,
): Promise<string> {
  const stem = cut(wanted, maxSlugLength - 9);
  const candidates = [cut(wanted, maxSlugLength), ...numbered(stem)];
  const gone = await taken(candidates);
  return candidates.find((slug) => !gone.has(slug)) ?? `${stem}-${random().slice(0, 8)}`;
}

/** Leaves no half of a character at the end. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, "");
}

function numbered(stem: string): string[] {
  return Array.from({ length: tries }, (_, index) => `${stem}-${index + 1}`);
}
