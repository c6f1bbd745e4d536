import type { Identity } from "@latchkey/protocol";

/** One app that is being called. */
export interface Link {
  readonly siteId: string;
  readonly appId: string;
  readonly appName: string;
  readonly componentType: string;
}

/** Finds calls that caused themselves: an app that is called, calls an API, and so is called for the same again. */
export interface LoopGuard {
  /**
   * The loop that a call would close, in words; undefined when it closes none.
   *
   * @param cause who made the platform call
   */
  loopOf(link: Link, cause: Identity): string | undefined;
  /** Notes that an app is being called. @returns what notes that it is not any more */
  enter(link: Link, cause: Identity): () => void;
}

type Chain = readonly Link[];

/**
 * What is under way tells it, so that apps need not pass anything on: the app that caused a call is itself being called
 * on that site. Where the app calls an API for another reason at that very moment, it is taken for a loop too.
 */
export function createLoopGuard(): LoopGuard {
  const running = new Set<Chain>();
  /** The longest chain of calls that the one who caused this call is at the end of. */
  const chainTo = (siteId: string, { appId, identityType }: Identity): Chain => {
    if (identityType !== "APP") return [];
    const ending = [...running].filter((chain) => {
      const last = chain.at(-1);
      return last?.siteId === siteId && last.appId === appId?.toLowerCase();
    });
    return ending.reduce<Chain>((longest, chain) => (chain.length > longest.length ? chain : longest), []);
  };
  return {
    loopOf(link, cause) {
      const chain = chainTo(link.siteId, cause);
      const at = chain.findIndex(
        (one) => one.appId === link.appId && one.componentType === link.componentType,
      );
      if (at < 0) return undefined;
      return [...chain.slice(at), link].map((one) => `${one.componentType} of ${one.appName}`).join(" → ");
    },
    enter(link, cause) {
      const chain = [...chainTo(link.siteId, cause), link];
      running.add(chain);
      return () => void running.delete(chain);
    },
  };
}
