import type { KeyObject } from "node:crypto";
import { KeyRing, listSigningKeys, signingKeyState } from "../features/signing-keys/index.ts";
import type { State } from "../wiring/development/index.ts";
import type { Platform } from "../wiring/platform.ts";
import type { StubResource } from "../wiring/stub-resource.ts";
import { TestKitError } from "./kit-error.ts";
import { requireKnown } from "./known-options.ts";
import {
  type Credentials,
  createActions,
  createAppServers,
  createCredentials,
  createDeliveries,
  createManage,
  createTestFaults,
  type Deliveries,
  type Manage,
  type PlatformActions,
  type Serve,
  type TestFaults,
} from "./methods/index.ts";
import { platformOptions, type TestPlatformOptions } from "./platform-options.ts";
import { createDeliveryReports, createSubscriptionReports } from "./reports/index.ts";
import { startTestPlatform } from "./started-platform.ts";
import { createTestClock, type TestClock } from "./test-clock.ts";
import { exportTestState, timeAfter } from "./test-state.ts";

/** A platform for one test, with HTTP on loopback, a clock that the test moves, and reproducible ids. */
export interface TestPlatform extends PlatformActions, Credentials, Deliveries, AsyncDisposable {
  /** `http://127.0.0.1:<port>`; the issuer too. */
  readonly url: string;
  readonly clock: TestClock;
  readonly faults: TestFaults;
  readonly adminKey: string;
  /** The platform, for everything that the methods do not cover. */
  readonly platform: Platform;
  /** Calls the management API, for what has no method of its own. */
  readonly manage: Manage;
  /**
   * Serves an app in this process, such as `app.fetch` of the SDK or an app of Express, until the platform stops. Returns its
   * address on loopback, such as `http://127.0.0.1:40123`. When a handler of `Request` throws, the response is 500 with the
   * text of the error.
   */
  readonly serve: Serve;
  /** Adds stubs; each replaces one with the same method and path. Throws `invalid_stub`. */
  stub(resource: StubResource): void;
  /**
   * Resolves when every delivery that is due has been attempted. Throws `deliveries_refused` for attempts that the app
   * did not accept or that did not reach it, each of them once. Prints a line for each event type that no webhook has.
   */
  settled(): Promise<void>;
  /**
   * Everything that the platform has stored, as JSON for the option `state`. It contains secrets, and the key that they are
   * encrypted with. Throws `STATE_TOO_LARGE` above 100,000 rows.
   */
  export(): Promise<State>;
  /** The active signing key, for tests that need access tokens with a valid signature and wrong claims. */
  signingKey(): Promise<{ readonly kid: string; readonly privateKey: KeyObject }>;
  /**
   * Stops the platform; `await using` does it too. Then throws `deliveries_refused` for refused deliveries that
   * `settled()` has not reported.
   */
  close(): Promise<void>;
}

/**
 * Starts a platform for a test. Throws `invalid_option`, `invalid_time`, `invalid_state`, and `test_kit_unavailable` with
 * `NODE_ENV=production`.
 *
 * @example
 * await using platform = await createTestPlatform({ seed: "refuses a removed instance", resources: [stores] });
 * const { appId } = await platform.createApp({ scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] });
 * const { siteId } = await platform.createSite();
 * const instance = await platform.install({ appId, siteId });
 * const token = await platform.token(instance);
 * await platform.clock.advance("4h");
 */
export async function createTestPlatform(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  requireNoProduction();
  requireKnown("createTestPlatform", options, platformOptions);
  const { clock, platformClock } = createTestClock(options.now ?? timeAfter(options.state));
  const started = await startTestPlatform(options, platformClock);
  const { adminKey, encryptionKey, platform, url, vault } = started;
  const allowsRefused = options.refusedDeliveries === "allow";
  const reports = allowsRefused ? undefined : createDeliveryReports(platform.database.read);
  const subscriptions = allowsRefused ? undefined : createSubscriptionReports(platform.database.read);
  const appServers = createAppServers();
  const manage = createManage(started);
  const stop = async (): Promise<void> => {
    let refused: TestKitError | undefined;
    try {
      refused = await reports?.withResponse();
    } finally {
      await started.stop();
      await appServers.close();
    }
    if (refused !== undefined) throw refused;
  };
  let stopping: Promise<void> | undefined;
  const close = (): Promise<void> => {
    stopping ??= stop();
    return stopping;
  };
  return {
    ...{ adminKey, clock, manage, platform, url },
    faults: createTestFaults(platform),
    ...createActions(platform, manage),
    ...createCredentials(started, vault),
    ...createDeliveries(manage, platform.settled),
    serve: appServers.serve,
    stub: (resource) => platform.stub?.(resource),
    async settled() {
      await platform.settled();
      await subscriptions?.print();
      await reports?.all();
    },
    export: () => exportTestState(platform, encryptionKey),
    async signingKey() {
      const keys = await listSigningKeys(platform.database.read);
      const kid = keys.findLast((key) => signingKeyState(key, clock.now()) === "active")?.kid ?? "";
      return { kid, privateKey: await new KeyRing(platform.database, vault).privateKey(kid) };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** An app in production that uses the test kit by mistake would get tokens of a platform that only it knows. */
function requireNoProduction(): void {
  if (process.env.NODE_ENV !== "production") return;
  throw new TestKitError(
    "test_kit_unavailable",
    "createTestPlatform of @latchkey/server/testing does not run with NODE_ENV=production. Remove it from code that runs in production; in tests, set NODE_ENV to test.",
  );
}
