import type { Queries } from "../../infrastructure/database/index.ts";
import { TestKitError } from "../kit-error.ts";
import { type RefusedDelivery, readRefusedDeliveries } from "./refused-deliveries.queries.ts";

/** Reports deliveries that the app did not accept, each attempt once. */
export interface DeliveryReports {
  /** Throws `deliveries_refused` when an endpoint refused or was not reached since the last report. */
  all(): Promise<void>;
  /** Returns the same error for refused deliveries with a response only: a test may stop its app before the platform. */
  withResponse(): Promise<TestKitError | undefined>;
}

const mostShown = 10;
const shownOfResponse = 200;

export function createDeliveryReports(db: Queries): DeliveryReports {
  const reported = new Set<string>();
  const unreported = async (): Promise<RefusedDelivery[]> => {
    const key = ({ attempt, delivery_id }: RefusedDelivery) => `${delivery_id} ${attempt}`;
    const refused = (await readRefusedDeliveries(db)).filter((delivery) => !reported.has(key(delivery)));
    for (const delivery of refused) reported.add(key(delivery));
    return refused;
  };
  return {
    async all() {
      const refused = await unreported();
      if (refused.length > 0) throw describe(refused);
    },
    async withResponse() {
      const refused = (await unreported()).filter(({ status }) => status !== null);
      return refused.length === 0 ? undefined : describe(refused);
    },
  };
}

function describe(newestFirst: readonly RefusedDelivery[]): TestKitError {
  const refused = newestFirst.toReversed();
  const lines = refused.slice(0, mostShown).map(showDelivery);
  const more = refused.length > mostShown ? [`  and ${refused.length - mostShown} more`] : [];
  const remedies = new Set(refused.flatMap(remediesFor));
  return new TestKitError(
    "deliveries_refused",
    [
      `The app did not accept ${refused.length === 1 ? "a delivery" : `${refused.length} deliveries`}:`,
      ...[...lines, ...more, ...remedies],
      'A test that expects this gives refusedDeliveries: "allow" to createTestPlatform, or catches this error of settled().',
    ].join("\n"),
  );
}

function showDelivery({
  attempt,
  detail,
  event_type,
  outcome,
  response,
  status,
  url,
}: RefusedDelivery): string {
  const body = (response ?? "").replaceAll(/\s+/g, " ").slice(0, shownOfResponse);
  const result = status === null ? `${outcome}: ${detail}` : `${status} ${body}`.trim();
  return `  ${event_type} to ${url}${attempt > 1 ? `, attempt ${attempt}` : ""}: ${result}`;
}

const clockRemedy =
  "It has expired by the app's clock: give createApp the platform's, clock: platform.clock; for @wix/sdk set a fake Date to platform.clock.now().";
const keyRemedy =
  "It does not match the app's public key: give the app the publicKey that platform.createApp() returned.";
const issuerRemedy = "The app expects another issuer: give it apiUrl: platform.url, and no other issuer.";
const audienceRemedy = "It is for another app: give the app the appId that platform.createApp() returned.";
const unreachedRemedy =
  "Start the app's server before the event, at the webhook's url, and close it after settled().";

/** Patterns in responses of the Latchkey SDK and of @wix/sdk, each with its remedy. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [/"expired"|"exp" claim|JWTExpired|TokenExpired|jwt expired/i, clockRemedy],
  [/bad_signature|unknown_key|signature verification|invalid signature/i, keyRemedy],
  [/wrong_issuer/, issuerRemedy],
  [/wrong_audience/, audienceRemedy],
];

function remediesFor({ outcome, response }: RefusedDelivery): string[] {
  if (outcome === "connect") return [unreachedRemedy];
  return remedies.filter(([pattern]) => pattern.test(response ?? "")).map(([, remedy]) => remedy);
}
