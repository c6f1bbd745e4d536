import type { LegacyCredentials, TokenDependencies } from "../../features/tokens/index.ts";
import type { DeliveryFaults } from "../../features/webhooks/index.ts";
import type { ManualClock } from "../../infrastructure/clock/index.ts";
import type { Database, Ids } from "../../infrastructure/database/index.ts";
import type { Endpoint } from "../../infrastructure/http/index.ts";
import type { ManagementRoute } from "../../infrastructure/management/index.ts";
import type { Log } from "../../infrastructure/observability/index.ts";
import type { Outbound } from "../../infrastructure/outbound/index.ts";
import type { StubResource } from "../stub-resource.ts";
import { clockRoutes } from "./clock.routes.ts";
import { codeRoutes } from "./code.routes.ts";
import { demoRoutes } from "./demo.routes.ts";
import type { DemoDependencies } from "./demo.ts";
import {
  createDeliveryFaults,
  type Fault,
  Faults,
  faultRoutes,
  type NewFault,
  readFault,
  withRequestFaults,
} from "./faults/index.ts";
import { stateRoutes } from "./state/index.ts";
import { createStubs, type StubDependencies } from "./stubs.ts";

export type { Fault, NewFault } from "./faults/index.ts";
export { exportState, importIntoDatabase, type State, type StateTarget } from "./state/index.ts";

export interface DevelopmentDependencies extends DemoDependencies {
  readonly legacy: LegacyCredentials;
  readonly log: Log;
  readonly tokens: Pick<TokenDependencies, "issuer">;
}

/** The faults of a development server. */
export interface FaultControls {
  /** Throws `TOO_MANY_FAULTS`, and violations; then nothing is changed. */
  add(fault: NewFault): Fault;
  /** Every fault, oldest first. */
  list(): Fault[];
  /** Deletes every fault. */
  clear(): void;
}

/** What only a development server has. This module is loaded by `import()` only, so production never loads it. */
export interface Development {
  readonly deliveryFaults: DeliveryFaults;
  readonly faults: FaultControls;
  routes(deps: DevelopmentDependencies): readonly ManagementRoute[];
  /** Wraps a router with stubs and faults. Throws `invalid_stub`. */
  serve(router: Endpoint, deps: Omit<StubDependencies, "file" | "resources">): Promise<Served>;
  /** Ends requests that a fault delays. */
  stop(): void;
}

interface Served {
  readonly fetch: Endpoint;
  stub(resource: StubResource): void;
}

interface Infrastructure {
  readonly clock: ManualClock;
  readonly database: Database;
  readonly ids: Ids;
  readonly outbound: Outbound;
}

export function createDevelopment(
  infrastructure: Infrastructure,
  stubOptions: Pick<StubDependencies, "file" | "resources">,
): Development {
  const faults = new Faults(infrastructure);
  return {
    deliveryFaults: createDeliveryFaults({ ...infrastructure, faults }),
    faults: {
      add: (fault) => faults.add(readFault(fault)),
      list: () => faults.list(),
      clear: () => faults.clear(),
    },
    routes: (deps) => [
      ...clockRoutes(infrastructure.clock, deps.log),
      ...faultRoutes(faults),
      ...stateRoutes(infrastructure),
      ...codeRoutes(deps.legacy, deps.tokens.issuer),
      ...demoRoutes(deps),
    ],
    async serve(router, deps) {
      const stubs = await createStubs({ ...deps, ...stubOptions });
      return { fetch: withRequestFaults(faults, stubs.wrap(router)), stub: stubs.add };
    },
    stop: () => faults.stop(),
  };
}
