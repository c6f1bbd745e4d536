import { ApiError } from "@latchkey/server";
import { storesErrors } from "../errors.ts";
import { takenSlugs } from "../products.queries.ts";
import type { LockedStore } from "./change-store.ts";

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

type SlugTable = Parameters<typeof takenSlugs>[1];

/** Returns the slug that a client chose, else a free one that is made from a name. Throws `SLUG_TAKEN`. */
export async function slugOfNew(
  store: LockedStore,
  table: SlugTable,
  { chosen, made }: { chosen: string | null | undefined; made: string },
): Promise<string> {
  const { newId, siteId, trx } = store;
  if (!chosen) return await freeSlug(made, (slugs) => takenSlugs(trx, table, { siteId, slugs }), newId);
  await requireFreeSlug(store, table, chosen);
  return chosen;
}

/** Throws `SLUG_TAKEN`. */
export async function requireFreeSlug(
  { siteId, trx }: LockedStore,
  table: SlugTable,
  slug: string,
): Promise<void> {
  const taken = await takenSlugs(trx, table, { siteId, slugs: [slug] });
  if (taken.size > 0) throw new ApiError(storesErrors.SLUG_TAKEN);
}
