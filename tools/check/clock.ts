import type { Check } from "./check.ts";
import { scanImports } from "./imports/scan-imports.ts";
import { maskSource } from "./mask-source.ts";
import { isTest, lineAt, readCode, type SourceFile } from "./source-files.ts";

const advice = "take the time from the clock (packages/server/src/clock)";

const ownTimes: readonly RegExp[] = [
  /(?<![\w$.])(?:Date\.now|performance\.now|process\.hrtime|setTimeout|setInterval|AbortSignal\.timeout)\b/g,
  /(?<![\w$.])(?:new\s+)?Date\s*\(\s*\)/g,
  /\bglobalThis\.(?:Date|performance|setTimeout|setInterval|AbortSignal)\b/g,
];

/** Only the server's clock may read the time or wait, so that a test can move every time in the product. */
export const clock: Check = {
  name: "clock",
  async run({ root }) {
    const files = readCode(root).filter(
      ({ path }) => path.startsWith("packages/server/src/") && !isTest(path),
    );
    return files.filter(({ path }) => !path.startsWith("packages/server/src/clock/")).flatMap(findOwnTimes);
  },
};

function findOwnTimes({ path, text }: SourceFile): string[] {
  const masked = maskSource(text);
  const uses = ownTimes.flatMap((find) =>
    Array.from(masked.matchAll(find), ({ 0: use, index }) => ({ use, line: lineAt(text, index) })),
  );
  const timers = scanImports(text)
    .filter(({ specifier }) => /^(?:node:)?timers\b/.test(specifier))
    .map(({ specifier, line }) => ({ use: specifier, line }));
  return [...uses, ...timers].map(({ use, line }) => `${path}:${line} ${use}: ${advice}`);
}
