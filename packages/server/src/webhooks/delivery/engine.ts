import type { AuditLog } from "../../audit/index.ts";
import { isoTime, keepLooking, type Lookout, seconds, systemClock } from "../../clock/index.ts";
import type { EventLog } from "../../events/index.ts";
import { describeError } from "../../observability/index.ts";
import { type FanOutSources, fanOut } from "../fan-out/index.ts";
import { endLeases } from "./claim.store.ts";
import { createDispatcher, type DispatcherSources } from "./dispatcher.ts";
import type { HealthNotice } from "./health.store.ts";
import { releaseIntroduced } from "./introductions.store.ts";
import { createRecorder } from "./recorder.ts";

export interface DeliverySources extends DispatcherSources, FanOutSources {
  readonly audit: AuditLog;
  readonly events: Pick<EventLog, "onStored">;
}

/** What turns stored events into requests, for as long as the process runs. */
export interface DeliveryEngine {
  /** Looks for work now: something was made due. */
  wake(): void;
  stop(): Promise<void>;
}

/** What other processes have stored is found by looking. */
const lookInterval = 100;
const introductionsInterval = seconds(1);
/** How long a process that stops lets attempts end that it has begun, in milliseconds. */
const patienceMs = seconds(2);

/** Starts to deliver; several processes on one database share the work. */
export function startDelivery(sources: DeliverySources): DeliveryEngine {
  const { clock, database, events, log } = sources;
  const onError = (error: unknown): void => log.warn(describeError(error), "delivery is interrupted");
  const recorder = createRecorder({ ...sources, notify: (notices) => tell(sources, notices) });
  const dispatcher = createDispatcher(sources, { recorder, finished: () => dispatching.wake() });
  let recovered = database.engine === "postgres";
  const dispatching: Lookout = keepLooking(clock, lookInterval, {
    async work() {
      if (!recovered) {
        // Nobody else has this directory, so whatever is leased was leased by a process that died.
        await database.write((trx) => endLeases(trx, clock.now()));
        recovered = true;
      }
      return await dispatcher.dispatch();
    },
    onError,
  });
  const fanningOut = keepLooking(clock, lookInterval, {
    async work() {
      const pass = await fanOut(sources);
      if (pass.deliveries > 0) dispatching.wake();
      return pass.more;
    },
    onError,
  });
  const introducing = keepLooking(clock, introductionsInterval, {
    async work() {
      const released = await database.write((trx) => releaseIntroduced(trx, clock.now()));
      if (released) dispatching.wake();
      return released;
    },
    onError,
  });
  events.onStored(fanningOut.wake);
  return {
    wake: dispatching.wake,
    async stop() {
      await Promise.all([fanningOut.stop(), introducing.stop(), dispatching.stop()]);
      const { promise, resolve } = Promise.withResolvers<void>();
      // By the machine's clock: what is waited for is the network.
      const timer = systemClock.after(patienceMs, resolve);
      await dispatcher.stop(promise).catch(onError);
      timer.cancel();
    },
  };
}

function tell({ log }: DeliverySources, notices: readonly HealthNotice[]): void {
  for (const { held: reason, failingSince, ...facts } of notices) {
    const what = { ...facts, failingSince: isoTime(failingSince) };
    if (reason === undefined) log.warn(what, "an endpoint does nothing but fail; it will be held");
    else log.warn({ ...what, reason }, "an endpoint is held: its events are kept until it is released");
  }
}
