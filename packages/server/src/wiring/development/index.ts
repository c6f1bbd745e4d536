import type { LegacyCredentials, TokenDependencies } from "../../features/tokens/index.ts";
import type { ManualClock } from "../../infrastructure/clock/index.ts";
import type { ManagementRoute } from "../../infrastructure/management/index.ts";
import type { Log } from "../../infrastructure/observability/index.ts";
import { clockRoutes } from "./clock.routes.ts";
import { codeRoutes } from "./code.routes.ts";
import { demoRoutes } from "./demo.routes.ts";
import type { DemoDependencies } from "./demo.ts";

export { createStubs, type StubDependencies } from "./stubs.ts";

export interface DevelopmentDependencies extends DemoDependencies {
  readonly clock: ManualClock;
  readonly legacy: LegacyCredentials;
  readonly log: Log;
  readonly tokens: Pick<TokenDependencies, "issuer">;
}

/** Routes of a development server. This module is loaded by `import()` only, so production never loads it. */
export function developmentRoutes(deps: DevelopmentDependencies): readonly ManagementRoute[] {
  return [
    ...clockRoutes(deps.clock, deps.log),
    ...codeRoutes(deps.legacy, deps.tokens.issuer),
    ...demoRoutes(deps),
  ];
}
