import { join } from "node:path";
import { ensureDashboard } from "../../tools/build/dashboard.ts";

/** Builds the dashboard when its sources have changed, so that tests open what is in the repository. */
export default async function setup(): Promise<void> {
  await ensureDashboard(join(import.meta.dirname, "../.."));
}
