/** What a fault concerns. */
export type FaultTarget = "token" | "api" | "delivery";

type RequestEffect = "latency" | "status" | "reset";
type DeliveryEffect = "duplicate" | "reorder" | "delay" | "corruptSignature";

/** What happens. A fault has exactly one effect. */
export type FaultEffect = RequestEffect | DeliveryEffect;

const requestEffects: readonly RequestEffect[] = ["latency", "status", "reset"];
const deliveryEffects: readonly DeliveryEffect[] = ["duplicate", "reorder", "delay", "corruptSignature"];

/** The effects of each target. */
export const effectsOf: Readonly<Record<FaultTarget, readonly FaultEffect[]>> = {
  token: requestEffects,
  api: requestEffects,
  delivery: deliveryEffects,
};

/** A fault to add: its target, exactly one effect, and when it happens. */
export interface NewFault {
  /** `token`: the token endpoint. `api`: calls with an access token. `delivery`: webhooks that the platform sends. */
  readonly target: FaultTarget;
  /** Of `token` and `api`: real time before the request is handled; milliseconds or a text such as `"2s"`, at most 60 s. */
  readonly latency?: number | string | undefined;
  /** Of `token` and `api`: the status of the response, 400 to 599. */
  readonly status?: number | undefined;
  /** With `status`: the header `Retry-After`, in seconds, at most 86,400. */
  readonly retryAfter?: number | undefined;
  /** Of `token` and `api`: the connection is reset without a response. */
  readonly reset?: true | undefined;
  /** Of `delivery`: the same request is sent twice, one after the other. */
  readonly duplicate?: true | undefined;
  /** Of `delivery`: sent after the next one to the same webhook, at the latest a minute later by the platform's clock. */
  readonly reorder?: true | undefined;
  /** Of `delivery`: sent later by the platform's clock; milliseconds or a text such as `"10m"`, at most 400 days. */
  readonly delay?: number | string | undefined;
  /** Of `delivery`: sent with wrong signatures in body and header. */
  readonly corruptSignature?: true | undefined;
  /** How often it happens, at most 1,000,000. Default: until the faults are deleted. */
  readonly times?: number | undefined;
  /** The chance of each request or delivery, above 0 and at most 1. Default: 1. */
  readonly probability?: number | undefined;
  /** With `probability`: the same seed gives the same choices. Default: `"latchkey"`. */
  readonly seed?: string | undefined;
  /** Only requests and deliveries of this app. */
  readonly appId?: string | undefined;
  /** Only requests and deliveries of this instance. */
  readonly instanceId?: string | undefined;
  /** Of `delivery`: only events of this type. */
  readonly eventType?: string | undefined;
}

/** A checked fault, with `latency` and `delay` in milliseconds. */
export interface FaultRule extends NewFault {
  readonly latency?: number | undefined;
  readonly delay?: number | undefined;
}

/** A fault that was added. */
export interface Fault extends FaultRule {
  readonly faultId: string;
  /** How often it has happened. */
  readonly applied: number;
}

/** The effects that a fault names. */
export function namedEffects(fault: NewFault): FaultEffect[] {
  return [...requestEffects, ...deliveryEffects].filter((effect) => fault[effect] !== undefined);
}
