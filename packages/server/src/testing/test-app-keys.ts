import { type GenerateAppKey, generateAppKey, type NewAppKey } from "../features/apps/index.ts";
import { createCache } from "../infrastructure/cache/index.ts";

const keyPairs = createCache<string, Promise<NewAppKey>>({ maxEntries: 200 });

/**
 * Returns what generates the key pairs of one platform. Platforms of a process with the same seed have the same key pairs, in
 * the order in which their apps are created, because it takes a tenth of a second to generate one.
 */
export function testAppKeys(seed: string): GenerateAppKey {
  let count = 0;
  return async (requester) => {
    const name = `${seed} ${count++}`;
    const keyPair = keyPairs.getOrCreate(name, () => generateAppKey(requester));
    // An error is not kept.
    keyPair.catch(() => keyPairs.delete(name));
    return await keyPair;
  };
}
