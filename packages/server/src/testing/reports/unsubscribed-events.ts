import type { Queries } from "../../infrastructure/database/index.ts";
import { readUnsubscribedEvents } from "./unsubscribed-events.queries.ts";

/** Events of the consent, which only some apps need. */
const rarelyNeeded = ["AppApprovalPending", "AppGrantChanged", "AppInstallDeclined", "AppInstallRequested"];

/** Says which events went to no webhook. */
export interface SubscriptionReports {
  /** Prints a line on standard error for each event type that no webhook has, each type once. */
  print(): Promise<void>;
}

export function createSubscriptionReports(db: Queries): SubscriptionReports {
  const skipped = new Set<string>(rarelyNeeded);
  return {
    async print() {
      for (const { app_id: appId, event_type: eventType } of await readUnsubscribedEvents(db)) {
        if (appId === null || skipped.has(eventType)) continue;
        skipped.add(eventType);
        process.stderr.write(
          `latchkey: No webhook has the event type ${eventType}, so the app ${appId} did not get it. ` +
            `If it should: await platform.createWebhook({ appId, eventType: "${eventType}", url }). ` +
            'refusedDeliveries: "allow" hides this.\n',
        );
      }
    },
  };
}
