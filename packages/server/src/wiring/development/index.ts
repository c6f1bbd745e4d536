import type { ManualClock } from "../../infrastructure/clock/index.ts";
import type { ManagementRoute } from "../../infrastructure/management/index.ts";
import { clockRoutes } from "./clock.routes.ts";
import { demoRoutes } from "./demo.routes.ts";
import type { DemoDependencies } from "./demo.ts";

export { createStubs, type StubDependencies } from "./stubs.ts";

export interface DevelopmentDependencies extends DemoDependencies {
  readonly clock: ManualClock;
}

/** Routes of a development server. This module is loaded by `import()` only, so production never loads it. */
export function developmentRoutes(deps: DevelopmentDependencies): readonly ManagementRoute[] {
  return [...clockRoutes(deps.clock), ...demoRoutes(deps)];
}
