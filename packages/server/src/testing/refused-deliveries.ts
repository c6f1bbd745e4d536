import type { Queries } from "../infrastructure/database/index.ts";
import { TestKitError } from "./kit-error.ts";

/** A delivery whose last attempt was not accepted. */
interface RefusedDelivery {
  readonly delivery_id: string;
  readonly attempt: number;
  readonly event_type: string;
  readonly url: string;
  /** `refused`, `timeout` and so on, when no answer came. */
  readonly outcome: string;
  /** The status of the answer; null when none came. */
  readonly status: number | null;
  /** The beginning of the body of the answer. */
  readonly response: string | null;
  readonly detail: string | null;
}

/** Tells a test of deliveries that the app did not accept, of each attempt once. */
export interface RefusalReports {
  /** Throws `deliveries_refused` when an endpoint refused, or was not reached, since the last report. */
  all(): Promise<void>;
  /** Gives the same error for what an endpoint answered: who ends a test may have stopped its app first. */
  answered(): Promise<TestKitError | undefined>;
}

const mostRead = 1_000;
const mostShown = 10;
const shownOfResponse = 200;

export function createRefusalReports(db: Queries): RefusalReports {
  const reported = new Set<string>();
  const unreported = async (): Promise<RefusedDelivery[]> => {
    const key = ({ attempt, delivery_id }: RefusedDelivery) => `${delivery_id} ${attempt}`;
    const refused = (await readRefused(db)).filter((delivery) => !reported.has(key(delivery)));
    for (const delivery of refused) reported.add(key(delivery));
    return refused;
  };
  return {
    async all() {
      const refused = await unreported();
      if (refused.length > 0) throw describe(refused);
    },
    async answered() {
      const refused = (await unreported()).filter(({ status }) => status !== null);
      return refused.length === 0 ? undefined : describe(refused);
    },
  };
}

async function readRefused(db: Queries): Promise<RefusedDelivery[]> {
  return await db
    .selectFrom("deliveries as d")
    .innerJoin("delivery_attempts as a", (join) =>
      join.onRef("a.delivery_id", "=", "d.delivery_id").onRef("a.attempt", "=", "d.attempts"),
    )
    .innerJoin("webhooks as w", "w.webhook_id", "d.webhook_id")
    .select(["d.delivery_id", "d.event_type", "w.url"])
    .select(["a.attempt", "a.outcome", "a.status", "a.response", "a.detail"])
    .where("a.outcome", "!=", "delivered")
    .orderBy("d.delivery_id", "desc")
    .limit(mostRead)
    .execute();
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
      'A test that expects this gives refusals: "allow" to createTestPlatform, or catches this error of settled().',
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
  const answer = status === null ? `${outcome}: ${detail}` : `${status} ${body}`.trim();
  return `  ${event_type} to ${url}${attempt > 1 ? `, attempt ${attempt}` : ""}: ${answer}`;
}

const clockRemedy =
  "It has expired by the app's clock: give createApp the platform's, clock: platform.clock; for @wix/sdk set a fake Date to platform.clock.now().";
const keyRemedy =
  "It does not match the app's public key: give the app the publicKey that platform.createApp() returned.";
const issuerRemedy = "The app expects another issuer: give it apiUrl: platform.url, and no other issuer.";
const audienceRemedy = "It is for another app: give the app the appId that platform.createApp() returned.";
const unreachedRemedy =
  "Start the app's server before the event, at the webhook's url, and close it after settled().";

/** What the answers of our SDK and of @wix/sdk say, and what helps. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [/"expired"|"exp" claim|JWTExpired|TokenExpired|jwt expired/i, clockRemedy],
  [/bad_signature|unknown_key|signature verification|invalid signature/i, keyRemedy],
  [/wrong_issuer/, issuerRemedy],
  [/wrong_audience/, audienceRemedy],
];

function remediesFor({ outcome, response }: RefusedDelivery): string[] {
  if (outcome === "connect") return [unreachedRemedy];
  return remedies.filter(([said]) => said.test(response ?? "")).map(([, remedy]) => remedy);
}
