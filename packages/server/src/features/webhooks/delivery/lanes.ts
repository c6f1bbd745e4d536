/** How many deliveries of each subscription are sent at once: a failing endpoint holds few places, a good one many. */
export interface Lanes {
  /** Places that are free for a subscription now. All that fail together get half of the places at most. */
  free(webhook: { readonly webhook_id: string; readonly failures: number }): number;
  take(webhookId: string): void;
  /** Gives a place back, and learns from how its delivery ended. */
  leave(webhookId: string, delivered: boolean): void;
  /** Deliveries on their way. */
  readonly size: number;
}

interface Lane {
  used: number;
  places: number;
}

const firstPlaces = 16;

/** @param bounds places of one subscription, and of all together */
export function createLanes(bounds: { perWebhook: number; total: number }): Lanes {
  const lanes = new Map<string, Lane>();
  let size = 0;
  return {
    get size() {
      return size;
    },
    free({ failures, webhook_id: webhookId }) {
      const lane = lanes.get(webhookId);
      const total = failures === 0 ? bounds.total : Math.ceil(bounds.total / 2);
      const own = lane === undefined ? Math.min(firstPlaces, bounds.perWebhook) : lane.places - lane.used;
      return Math.max(0, Math.min(own, total - size));
    },
    take(webhookId) {
      const lane = lanes.get(webhookId) ?? { used: 0, places: Math.min(firstPlaces, bounds.perWebhook) };
      lanes.set(webhookId, lane);
      lane.used += 1;
      size += 1;
    },
    leave(webhookId, delivered) {
      const lane = lanes.get(webhookId);
      if (lane === undefined) return;
      lane.used -= 1;
      size -= 1;
      lane.places = delivered
        ? Math.min(lane.places + 1, bounds.perWebhook)
        : Math.max(Math.floor(lane.places / 2), 1);
      // A lane that is as at first need not be remembered; one that shrank is, while it is in use.
      if (lane.used === 0 && (delivered || lanes.size > rememberedLanes)) lanes.delete(webhookId);
    },
  };
}

const rememberedLanes = 10_000;
