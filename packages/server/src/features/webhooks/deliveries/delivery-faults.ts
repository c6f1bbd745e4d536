import type { OutboundRequest, OutboundResult } from "../../../infrastructure/outbound/index.ts";
import type { DeliveryWithEvent } from "./deliveries.queries.ts";

/** A delivery that a fault may change. */
export type FaultyDelivery = Pick<
  DeliveryWithEvent,
  | "app_id"
  | "blocks_until_attempted"
  | "delivery_id"
  | "event_type"
  | "instance_id"
  | "ordered"
  | "webhook_id"
>;

/** Faults of deliveries, for tests of apps. An interface, because production must not load what implements it. */
export interface DeliveryFaults {
  /** Resolves to whether the attempt is put off; the database then says when the delivery is due. */
  postpone(delivery: FaultyDelivery): Promise<boolean>;
  /** Sends the request of an attempt, in place of `outbound.post`. */
  post(delivery: FaultyDelivery, request: OutboundRequest): Promise<OutboundResult>;
}
