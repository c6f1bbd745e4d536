import type { Identity } from "@latchkey/protocol";

/** A service plugin call to an app. */
export interface Link {
  readonly siteId: string;
  readonly appId: string;
  readonly appName: string;
  readonly componentType: string;
}

type Chain = readonly Link[];

/**
 * Detects loops: an app that is being called calls an API, which calls the same service plugin of the app again.
 *
 * It compares a call with the calls in progress, so that apps need not forward a header: the app that caused the call is
 * itself being called on that site. An unrelated API call of the app at the same moment is also taken for a loop.
 */
export class LoopGuard {
  readonly #running = new Set<Chain>();

  /**
   * Describes the loop that a call would close; undefined when it closes none.
   *
   * @param cause the identity whose API call caused this call
   */
  loopOf(link: Link, cause: Identity): string | undefined {
    const chain = this.#chainTo(link.siteId, cause);
    const start = chain.findIndex(
      (one) => one.appId === link.appId && one.componentType === link.componentType,
    );
    if (start < 0) return undefined;
    return [...chain.slice(start), link].map((one) => `${one.componentType} of ${one.appName}`).join(" → ");
  }

  /** Registers a call that starts. @returns a function that ends it */
  enter(link: Link, cause: Identity): () => void {
    const chain = [...this.#chainTo(link.siteId, cause), link];
    this.#running.add(chain);
    return () => void this.#running.delete(chain);
  }

  /** The longest chain of calls in progress that ends with the app that caused this call. */
  #chainTo(siteId: string, { appId, identityType }: Identity): Chain {
    if (identityType !== "APP") return [];
    const ending = [...this.#running].filter((chain) => {
      const last = chain.at(-1);
      return last?.siteId === siteId && last.appId === appId?.toLowerCase();
    });
    return ending.reduce<Chain>((longest, chain) => (chain.length > longest.length ? chain : longest), []);
  }
}
