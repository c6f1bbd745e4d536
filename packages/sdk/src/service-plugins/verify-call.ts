import { readServicePluginData, type ServicePluginData, servicePluginType } from "@latchkey/protocol";
import { invalidDelivery } from "../keys/invalid-delivery.ts";
import { type ExpectedJwt, verifyJwt } from "../keys/verify-jwt.ts";

/** A call with a verified JWT. */
export interface VerifiedCall {
  readonly data: ServicePluginData;
  /** The URL that the JWT is bound to; absent on the third-party platform. */
  readonly htu: unknown;
}

/**
 * Verifies the JWT of a service plugin call and reads the call.
 *
 * @throws {LatchkeyError} `invalid_delivery`, `missing_public_key`, `invalid_public_key`
 */
export async function verifyCall(
  jwt: string,
  expected: Omit<ExpectedJwt, "what" | "type">,
): Promise<VerifiedCall> {
  const what = "call";
  const { data: given, htu } = await verifyJwt(jwt, { ...expected, what, type: servicePluginType });
  const data = readServicePluginData(given);
  if (data === undefined)
    throw invalidDelivery({ what }, "malformed", "does not contain a service plugin call");
  return { data, htu };
}
