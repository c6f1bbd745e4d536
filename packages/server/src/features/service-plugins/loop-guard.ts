import type { Identity } from "@latchkey/protocol";

/** A call of one app. */
export interface Link {
  readonly siteId: string;
  readonly appId: string;
  readonly appName: string;
  readonly componentType: string;
}

/** Detects loops: an app that is being called calls an API, which calls the same service plugin of the app again. */
export interface LoopGuard {
  /**
   * Describes the loop that a call would close; undefined when it closes none.
   *
   * @param cause the identity whose API call made the platform call the app
   */
  loopOf(link: Link, cause: Identity): string | undefined;
  /** Registers a call that starts. @returns a function that ends it */
  enter(link: Link, cause: Identity): () => void;
}

type Chain = readonly Link[];

/**
 * Loops are detected from the calls in progress, so that apps need not pass a header on: the app that caused a call is
 * itself being called on that site. An unrelated API call of the app at the same moment is also taken for a loop.
 */
export function createLoopGuard(): LoopGuard {
  const running = new Set<Chain>();
  /** The longest chain of calls in progress that ends with the app that caused this call. */
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
