/** What was made for a key: from before, or by `make` now. What throws is not kept. */
export type Memo<Key, Value> = (key: Key, make: () => Value) => Value;

/**
 * Keeps what is dear to make and never changes. At `most` it begins anew: bounded, whoever brings the keys, and
 * without a note of who was used when.
 *
 * @example
 * const keys = createMemo<string, KeyObject>(1_000);
 * const key = keys(row.kid, () => createPrivateKey(unseal(row)));
 */
export function createMemo<Key, Value>(most: number): Memo<Key, Value> {
  const kept = new Map<Key, Value>();
  return (key, make) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (kept.size >= most) kept.clear();
    kept.set(key, made);
    return made;
  };
}
