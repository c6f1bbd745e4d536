import type { Apps } from "../../features/apps/index.ts";
import type { Instances } from "../../features/instances/index.ts";
import type { OpenResource } from "../../features/resources/index.ts";
import type { Sites } from "../../features/sites/index.ts";
import type { ManualClock } from "../../infrastructure/clock/index.ts";
import type { ManagementRoute } from "../../infrastructure/management/index.ts";
import { clockRoutes } from "./clock.routes.ts";
import { demoRoutes } from "./demo.routes.ts";

export { createStubs, type StubDependencies } from "./stubs.ts";

/** What only a development server has. Nothing imports this module statically; production never loads it. */
export function developmentRoutes(deps: {
  apps: Apps;
  sites: Sites;
  instances: Instances;
  opened: readonly OpenResource[];
  clock: ManualClock;
}): readonly ManagementRoute[] {
  return [...clockRoutes(deps.clock), ...demoRoutes(deps)];
}
