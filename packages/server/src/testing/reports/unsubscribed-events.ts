import type { Queries } from "../../infrastructure/database/index.ts";
import { readUnsubscribedEvents } from "./unsubscribed-events.queries.ts";

/** Says which events went to no webhook. */
export interface SubscriptionReports {
  /** Prints a line on standard error for each event type that no webhook has, each type once. */
  print(): Promise<void>;
}

export function createSubscriptionReports(db: Queries): SubscriptionReports {
  const printed = new Set<string>();
  return {
    async print() {
      for (const { app_id: appId, event_type: eventType } of await readUnsubscribedEvents(db)) {
        if (appId === null || printed.has(eventType)) continue;
        printed.add(eventType);
        process.stderr.write(
          `latchkey: No webhook has the event type ${eventType}, so the app ${appId} did not get it. ` +
            `If it should: await platform.createWebhook({ appId, eventType: "${eventType}", url }). ` +
            'refusedDeliveries: "allow" hides this.\n',
        );
      }
    },
  };
}
