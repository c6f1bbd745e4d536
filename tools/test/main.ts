// `npm test`: runs Vitest with the given arguments and always ends with one line of numbers.
import { parseCLI, startVitest } from "vitest/node";
import { phaseLines } from "./phases.ts";
import { type Counts, count, isGood, lastLine } from "./summary.ts";

process.exitCode = 0;
let counts: Counts = { passed: 0, failed: 0, skipped: 0 };
try {
  const { filter, options } = parseCLI(["vitest", "run", ...process.argv.slice(2)]);
  const vitest = await startVitest(filter, { ...options, watch: false });
  counts = count(vitest);
  if (process.env.CI) console.log(`${phaseLines(vitest).join("\n")}\n`);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
if (!isGood(counts)) process.exitCode = 1;
// Exits explicitly, because a test may have left something open.
process.stdout.write(`${lastLine(counts)}\n`, () => process.exit());
