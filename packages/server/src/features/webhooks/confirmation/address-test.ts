import type { Clock } from "../../../infrastructure/clock/index.ts";
import type { Ids, WebhooksTable } from "../../../infrastructure/database/index.ts";
import type { Outbound } from "../../../infrastructure/outbound/index.ts";
import type { AppSigningKey } from "../../apps/index.ts";
import {
  type AttemptResult,
  classifyAttempt,
  type DeliveryPolicy,
  type SignedRequest,
  signedRequest,
} from "../dispatch/index.ts";
import type { OpenSecrets } from "../subscriptions/index.ts";

export interface AddressTestDependencies {
  readonly clock: Clock;
  readonly ids: Ids;
  /** The `iss` claim of webhooks. */
  readonly issuer: string;
  readonly openSecrets: OpenSecrets;
  readonly outbound: Outbound;
  readonly policy: DeliveryPolicy;
}

/** Event type of the messages that test an address. */
const testEventType = "latchkey.webhook.test";

/**
 * Creates the test of an address: its endpoint accepts a correctly signed message, and refuses one with a wrong
 * signature. The test resolves to what is wrong, undefined when the endpoint passes it.
 */
export function createAddressTest(deps: AddressTestDependencies) {
  return async (webhook: WebhooksTable, key: AppSigningKey): Promise<string | undefined> => {
    const right = await send(deps, webhook, { key, change: (request) => request });
    if (right.outcome !== "delivered") {
      return `The correctly signed ${testEventType} was not accepted. ${right.detail}`;
    }
    const wrong = await send(deps, webhook, { key, change: breakSignature });
    if (wrong.outcome === "delivered") {
      return `The endpoint responded with ${wrong.status} to a wrong signature. It must verify signatures, and refuse wrong ones with another status, such as 401.`;
    }
    return wrong.status === null
      ? `A message with a wrong signature got no response. ${wrong.detail}`
      : undefined;
  };
}

async function send(
  { clock, ids, issuer, openSecrets, outbound, policy }: AddressTestDependencies,
  webhook: WebhooksTable,
  { change, key }: { change: (request: SignedRequest) => SignedRequest; key: AppSigningKey },
): Promise<AttemptResult> {
  const now = clock.now();
  const message = {
    ...{ app_id: webhook.app_id, webhook_id: webhook.webhook_id, event_type: testEventType },
    ...{ event_id: ids.ordered(), instance_id: null, sequence: null, identity: null },
    ...{ payload: "{}", occurred_at: now },
  };
  const material = {
    ...{ ...key, format: webhook.format, issuer, jti: ids.guid() },
    secrets: openSecrets(webhook, now),
  };
  const request = change(await signedRequest(message, material, now));
  const { timeoutMs } = policy;
  const attributes = {
    "latchkey.app_id": webhook.app_id,
    "latchkey.webhook_id": webhook.webhook_id,
    "latchkey.event_type": testEventType,
  };
  const span = { name: "webhook confirmation", attributes };
  const { url } = webhook;
  return classifyAttempt(policy, await outbound.post({ ...request, url, timeoutMs, span }));
}

/** Changes all signatures: that of a JWT, and those in the headers. */
function breakSignature({ body, headers }: SignedRequest): SignedRequest {
  const signatures = headers["webhook-signature"] ?? "";
  return {
    body: body.startsWith("{") ? body : changeAt(body, body.lastIndexOf(".") + 1),
    headers: { ...headers, "webhook-signature": signatures.replaceAll(/(?<=v1,)./g, (c) => changeAt(c, 0)) },
  };
}

function changeAt(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
}
