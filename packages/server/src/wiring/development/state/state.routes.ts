import { z } from "zod";
import type { Clock } from "../../../infrastructure/clock/index.ts";
import type { Database } from "../../../infrastructure/database/index.ts";
import { type ManagementRoute, read } from "../../../infrastructure/management/index.ts";
import { time } from "../../../infrastructure/routes/index.ts";
import { exportState } from "./state.ts";

const stateResponse = z
  .object({
    about: z.string(),
    version: z.string().meta({ description: "The version of Latchkey that exported it" }),
    exportedAt: time,
    tables: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
  })
  .meta({ id: "DevelopmentState", description: "Everything that is stored. It contains secrets" });

/** Exports the state of a development server, for the test kit. */
export function stateRoutes(deps: { clock: Clock; database: Database }): readonly ManagementRoute[] {
  return [
    read({
      path: "/dev/state",
      tag: "Development",
      operationId: "exportState",
      summary: "Export everything that is stored, for createTestPlatform({ state }); at most 100,000 rows",
      scope: "development",
      errors: ["STATE_TOO_LARGE"],
      response: stateResponse,
      async handle() {
        const { about, exportedAt, tables, version } = await exportState(deps);
        const rows = Object.entries(tables).map(([table, found]) => [
          table,
          found.map((row) => ({ ...row })),
        ]);
        return { about, version, exportedAt, tables: Object.fromEntries(rows) };
      },
    }),
  ];
}
