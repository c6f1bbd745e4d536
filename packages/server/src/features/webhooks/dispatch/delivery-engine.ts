import {
  monotonicSeconds,
  type Poller,
  pauseAfterStep,
  seconds,
  startPoller,
  systemClock,
} from "../../../infrastructure/clock/index.ts";
import { describeError } from "../../../infrastructure/observability/index.ts";
import type { EventLog } from "../../events/index.ts";
import { hasBlockedDeliveries, unblockDeliveries } from "../deliveries/index.ts";
import { type FanOutDependencies, fanOut, PendingLimits } from "../fan-out/index.ts";
import { backfillStep } from "../resending/index.ts";
import { measureBacklog } from "./backlog-metrics.queries.ts";
import { endLeases } from "./claim.queries.ts";
import { Dispatcher, type DispatcherDependencies } from "./dispatcher.ts";

export interface DeliveryEngineDependencies
  extends DispatcherDependencies,
    Omit<FanOutDependencies, "metrics" | "pendingLimits"> {
  readonly events: EventLog;
  /** Pending deliveries that an app may have. */
  readonly maxPendingPerApp: number;
}

/** Fans out events and sends their deliveries, until it is stopped. */
export interface DeliveryEngine {
  /** Pending deliveries that an app may have. */
  readonly maxPendingPerApp: number;
  /** Polls now. To be called when deliveries became due or a backfill began. */
  wake(): void;
  /** Resolves when every event is fanned out and no delivery is due or in flight. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** Interval of pollers whose work other processes may have stored, in milliseconds. */
const pollInterval = 100;
/** Interval of pollers that this process normally wakes, in milliseconds. */
const slowPollInterval = seconds(1);
/** On SQLite, fan-out takes a third of the thread that serves requests and receives the responses of endpoints. */
const fanOutPauseRatio = 2;
/** How long a shutdown waits for attempts in flight, in milliseconds. */
const shutdownTimeout = seconds(2);

/** Starts the delivery engine. Several processes on one database share the work. */
export function startDelivery(dependencies: DeliveryEngineDependencies): DeliveryEngine {
  const { clock, database, events, log } = dependencies;
  const onError = (error: unknown): void => log.warn(describeError(error), "delivery is interrupted");
  const dispatcher = new Dispatcher(dependencies, () => dispatching.wake());
  /** Number of polls that found work, without those of the dispatcher, which counts its claims itself. */
  let steps = 0;
  const counted = (found: boolean): boolean => {
    steps += found ? 1 : 0;
    return found;
  };
  let recovered = database.engine === "postgres";
  const dispatching: Poller = startPoller(clock, pollInterval, {
    async work() {
      if (!recovered) {
        // On SQLite this is the only process, so every lease belongs to a process that crashed.
        await database.writeRelaxed((trx) => endLeases(trx, clock.now()));
        recovered = true;
      }
      return await dispatcher.dispatch();
    },
    onError,
  });
  const fanOutDependencies = { ...dependencies, pendingLimits: new PendingLimits(dependencies) };
  let lastSite = "";
  const fanningOut = startPoller(clock, pollInterval, {
    async work() {
      const start = monotonicSeconds();
      const pass = await fanOut(fanOutDependencies, lastSite);
      ({ lastSite } = pass);
      if (pass.deliveries > 0) dispatching.wake();
      counted(pass.events > 0);
      if (pass.more && database.engine === "sqlite") await pauseAfterStep(start, fanOutPauseRatio);
      return pass.more;
    },
    onError,
  });
  const unblocking = startPoller(clock, slowPollInterval, {
    async work() {
      if (!(await hasBlockedDeliveries(database.read))) return false;
      const unblocked = await database.writeRelaxed((trx) => unblockDeliveries(trx, clock.now()));
      if (unblocked) dispatching.wake();
      return counted(unblocked);
    },
    onError,
  });
  const backfilling = startPoller(clock, slowPollInterval, {
    work: async () => counted(await backfillStep(dependencies)),
    onError,
  });
  events.onStored(fanningOut.wake);
  measureBacklog(dependencies.metrics.registry, dependencies);
  return {
    maxPendingPerApp: dependencies.maxPendingPerApp,
    wake() {
      backfilling.wake();
      dispatching.wake();
    },
    async settled() {
      let before: number;
      do {
        await dispatcher.idle();
        before = steps + dispatcher.claimed;
        for (const poller of [backfilling, fanningOut, unblocking, dispatching]) {
          poller.wake();
          await poller.idle();
        }
      } while (steps + dispatcher.claimed > before);
    },
    async stop() {
      await Promise.all([backfilling.stop(), fanningOut.stop(), unblocking.stop(), dispatching.stop()]);
      const { promise, resolve } = Promise.withResolvers<void>();
      // The system clock, because the network does not follow a manual clock.
      const timer = systemClock.after(shutdownTimeout, resolve);
      await dispatcher.stop(promise).catch(onError);
      timer.cancel();
    },
  };
}
