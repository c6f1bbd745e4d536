// `npm run screenshots`: writes a picture of each page of the dashboard, at 1280 px in light and at 360 px in dark. The folder
// is the first argument, by default `.latchkey/screenshots`.
import { resolve } from "node:path";
import { startVitest } from "vitest/node";
import { count, isGood } from "./summary.ts";

const folder = resolve(process.argv[2] ?? ".latchkey/screenshots");
process.env.E2E_SCREENSHOTS = folder;
const vitest = await startVitest(["tests/e2e"], { watch: false, testNamePattern: "barrier" });
const isComplete = isGood(count(vitest));
process.stdout.write(isComplete ? `The pictures are in ${folder}\n` : "Not every page has a picture.\n", () =>
  process.exit(isComplete ? 0 : 1),
);
