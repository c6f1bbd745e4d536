/** Longest slug, in characters. */
const maxSlugLength = 100;

const attempts = 20;

/**
 * Returns the slug itself if it is free; otherwise the slug with the first free number, or with random digits after 20
 * attempts.
 *
 * @param taken returns which of the given slugs are in use
 */
export async function freeSlug(
  wanted: string,
  taken: (slugs: readonly string[]) => Promise<ReadonlySet<string>>,
  random: () => string,
): Promise<string> {
  const stem = cut(wanted, maxSlugLength - 9);
  const candidates = [cut(wanted, maxSlugLength), ...numbered(stem)];
  const used = await taken(candidates);
  return candidates.find((slug) => !used.has(slug)) ?? `${stem}-${random().slice(0, 8)}`;
}

/** Cuts a text without splitting a surrogate pair. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, "");
}

function numbered(stem: string): string[] {
  return Array.from({ length: attempts }, (_, index) => `${stem}-${index + 1}`);
}
