import { type Clock, minutes, type Poller, startPoller } from "../../infrastructure/clock/index.ts";
import { afterCommit, type Write } from "../../infrastructure/database/index.ts";
import {
  type Log,
  type Metrics,
  maintenanceFailureHandler,
  startAtZero,
} from "../../infrastructure/observability/index.ts";

interface Dependencies {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

const interval = minutes(1);

/** Work on content that is left after a request, in transactions of limited size. It continues after a restart. */
export class ContentWork {
  readonly #deps: Dependencies;
  #poller: Poller | undefined;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /**
   * Starts the work, which continues when it is requested, and each minute.
   *
   * @param steps by owner; each does one transaction and returns whether there was work
   */
  start(steps: Readonly<Record<string, () => Promise<boolean>>>): void {
    const { clock, metrics } = this.#deps;
    startAtZero(metrics.maintenanceFailures, "work", Object.keys(steps));
    const work = async (): Promise<boolean> => {
      let more = false;
      for (const [name, step] of Object.entries(steps)) {
        const found = await step().catch(maintenanceFailureHandler(this.#deps, name));
        more ||= found === true;
      }
      return more;
    };
    this.#poller = startPoller(clock, interval, {
      work,
      onError: maintenanceFailureHandler(this.#deps, "content"),
    });
  }

  /** Continues the work after the transaction is committed. */
  request(trx: Write): void {
    afterCommit(trx, () => this.#poller?.wake());
  }

  async idle(): Promise<void> {
    await this.#poller?.idle();
  }

  async stop(): Promise<void> {
    await this.#poller?.stop();
  }
}
