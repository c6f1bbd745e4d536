import { type InvalidDeliveryReason, LatchkeyError } from "../errors.ts";

/** Creates an error. The message contains no part of the JWT, except a verified issuer. */
export function invalidDelivery(
  { what }: { readonly what: string },
  reason: InvalidDeliveryReason,
  why: string,
): LatchkeyError {
  return new LatchkeyError("invalid_delivery", `The ${what} ${why}.`, { reason });
}
