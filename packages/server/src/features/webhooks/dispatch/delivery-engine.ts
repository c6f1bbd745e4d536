import {
  isoTime,
  type Poller,
  seconds,
  startPoller,
  systemClock,
} from "../../../infrastructure/clock/index.ts";
import { describeError } from "../../../infrastructure/observability/index.ts";
import type { AuditLog } from "../../audit/index.ts";
import type { EventLog } from "../../events/index.ts";
import { hasBlockedDeliveries, unblockDeliveries } from "../deliveries/index.ts";
import type { HealthNotice } from "../endpoint-health/index.ts";
import { type FanOutDependencies, fanOut } from "../fan-out/index.ts";
import { backfillStep } from "../resending/index.ts";
import { createAttemptWriter } from "./attempt-writer.ts";
import { measureBacklog } from "./backlog-metrics.queries.ts";
import { endLeases } from "./claim.queries.ts";
import { createDispatcher, type DispatcherSources } from "./dispatcher.ts";

export interface DeliverySources extends DispatcherSources, FanOutDependencies {
  readonly audit: AuditLog;
  readonly events: EventLog;
}

/** What turns stored events into requests, for as long as the process runs. */
export interface DeliveryEngine {
  /** Polls now, because deliveries became due. */
  wake(): void;
  /** Resolves when every event is fanned out and nothing that is due now waits or is on its way. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** For work that other processes may have stored. */
const pollInterval = 100;
/** For work that this process is normally woken for. */
const slowPollInterval = seconds(1);
/** How long a process that stops lets attempts end that it has begun, in milliseconds. */
const patienceMs = seconds(2);

/** Starts to deliver; several processes on one database share the work. */
export function startDelivery(sources: DeliverySources): DeliveryEngine {
  const { clock, database, events, log } = sources;
  const onError = (error: unknown): void => log.warn(describeError(error), "delivery is interrupted");
  const attemptWriter = createAttemptWriter({ ...sources, notify: (notices) => tell(sources, notices) });
  const dispatcher = createDispatcher(sources, { attemptWriter, finished: () => dispatching.wake() });
  /** Polls that found work other than sending. */
  let steps = 0;
  const counted = (found: boolean): boolean => {
    steps += found ? 1 : 0;
    return found;
  };
  let recovered = database.engine === "postgres";
  const dispatching: Poller = startPoller(clock, pollInterval, {
    async work() {
      if (!recovered) {
        // Nobody else has this directory, so whatever is leased was leased by a process that died.
        await database.writeRelaxed((trx) => endLeases(trx, clock.now()));
        recovered = true;
      }
      return await dispatcher.dispatch();
    },
    onError,
  });
  const fanningOut = startPoller(clock, pollInterval, {
    async work() {
      const pass = await fanOut(sources);
      if (pass.deliveries > 0) dispatching.wake();
      counted(pass.events > 0);
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
    work: async () => counted(await backfillStep(sources)),
    onError,
  });
  events.onStored(fanningOut.wake);
  measureBacklog(sources.metrics.registry, sources);
  return {
    wake() {
      backfilling.wake();
      dispatching.wake();
    },
    async settled() {
      let before: number;
      do {
        await dispatcher.idle();
        before = steps + dispatcher.claimed;
        for (const stage of [backfilling, fanningOut, unblocking, dispatching]) {
          stage.wake();
          await stage.idle();
        }
      } while (steps + dispatcher.claimed > before);
    },
    async stop() {
      await Promise.all([backfilling.stop(), fanningOut.stop(), unblocking.stop(), dispatching.stop()]);
      const { promise, resolve } = Promise.withResolvers<void>();
      // By the machine's clock: what is waited for is the network.
      const timer = systemClock.after(patienceMs, resolve);
      await dispatcher.stop(promise).catch(onError);
      timer.cancel();
    },
  };
}

function tell({ log }: DeliverySources, notices: readonly HealthNotice[]): void {
  for (const { pauseReason: reason, failingSince, ...facts } of notices) {
    const what = { ...facts, failingSince: isoTime(failingSince) };
    if (reason === undefined)
      log.warn(what, "every attempt at an endpoint fails; its webhook will be paused");
    else log.warn({ ...what, reason }, "a webhook is paused: its events are kept until it is resumed");
  }
}
