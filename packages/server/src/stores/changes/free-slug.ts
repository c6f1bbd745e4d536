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
  const stem = wanted.slice(0, maxSlugLength - 9).toWellFormed();
  const candidates = [wanted.slice(0, maxSlugLength), ...numbered(stem)];
  const gone = await taken(candidates);
  return candidates.find((slug) => !gone.has(slug)) ?? `${stem}-${random().slice(0, 8)}`;
}

function numbered(stem: string): string[] {
  return Array.from({ length: tries }, (_, index) => `${stem}-${index + 1}`);
}
