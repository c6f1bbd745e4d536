import { linkSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { migrateTokensCommand } from "./migrate-tokens.ts";

const directory = mkdtempSync(join(tmpdir(), "latchkey-command-"));
const input = join(directory, "tokens.csv");
const env = { APP_ID: "app", APP_SECRET: "secret", LATCHKEY_URL: "http://127.0.0.1:1" };
writeFileSync(input, "refreshToken\nlkr_1\n");
linkSync(input, join(directory, "link.csv"));
afterAll(() => rmSync(directory, { recursive: true }));

test.each([
  ["the input itself", "tokens.csv", "--output must be another file than --input"],
  ["another path to the input", "./tokens.csv", "--output must be another file than --input"],
  ["a link to the input", "link.csv", "--output must be another file than --input"],
  ["a file in no directory", "missing/instances.csv", "The directory of --output does not exist"],
])("refuses %s as output, and keeps the refresh tokens", async (_, output, text) => {
  const options = { input, output: `${directory}/${output}` };
  await expect(migrateTokensCommand.run({ env, options, progress: () => {} })).rejects.toMatchObject({
    code: "invalid_command",
    message: expect.stringContaining(text),
  });
  expect(readFileSync(input, "utf8")).toBe("refreshToken\nlkr_1\n");
});
