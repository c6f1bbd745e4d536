import { type GenerateAppKey, generateAppKey, type NewAppKey } from "../features/apps/index.ts";
import { createCache } from "../infrastructure/cache/index.ts";

const keyPairs = createCache<string, Promise<NewAppKey>>({ maxEntries: 200 });

/**
 * Returns a function that generates the key pairs of one platform. Platforms with the same seed share key pairs in a process, in the
 * order in which their apps are created, because generating one takes a tenth of a second.
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
