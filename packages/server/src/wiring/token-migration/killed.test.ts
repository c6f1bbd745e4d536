import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startMigration } from "../../testing/support/migrate-command.ts";
import {
  createPlatformWithTokens,
  type PlatformWithTokens,
} from "../../testing/support/platform-with-tokens.ts";

/** 2,000 in CI, 100,000 in the soak test. */
const count = Number(process.env.REFRESH_TOKENS ?? "2000");
const concurrency = 16;
const directory = mkdtempSync(join(tmpdir(), "latchkey-migration-"));
let target: PlatformWithTokens;

beforeAll(async () => {
  target = await createPlatformWithTokens(count);
}, 3_600_000);
afterAll(async () => {
  await target.close();
  rmSync(directory, { recursive: true, force: true });
});

test(`${count} refresh tokens, killed twice: continued, nothing done twice, and a report that adds up`, async () => {
  const input = join(directory, "tokens.csv");
  const output = join(directory, "instances.csv");
  const rows = [...target.tokens.keys()].map((token, index) => `account ${index},${token}`);
  // A BOM, CRLF, two blank lines and two duplicates.
  const duplicates = [`again 0,${rows[0]?.split(",")[1]}`, `again 1,${rows[1]?.split(",")[1]}`];
  writeFileSync(input, `\uFEFF${["account,refresh_token", ...rows, "", ...duplicates, ""].join("\r\n")}\r\n`);
  const options = ["--input", input, "--output", output, "--rate", "10000", "--json"];
  const { appId, appSecret } = target.app;
  const env = { APP_ID: appId, APP_SECRET: appSecret, LATCHKEY_URL: target.url };

  for (const part of [0.3, 0.6]) {
    const run = startMigration(options, env);
    target.onExchange((exchanges) => {
      if (exchanges >= count * part) run.kill();
    });
    expect((await run.ended).code).toBe(null);
  }
  target.onExchange(() => {});
  const { code, errors, output: printed } = await startMigration(options, env).ended;
  expect({ code, errors: errors.replaceAll(/latchkey: \d+ % read.*\n/g, "") }).toEqual({
    code: 0,
    errors: "",
  });
  const report = JSON.parse(printed) as { rows: number; outcomes: Record<string, number> };
  expect(report).toMatchObject({
    rows: count + 4,
    outcomes: { migrated: count, duplicate: 2, blank: 2, unavailable: 0 },
  });
  expect(Object.values(report.outcomes).reduce((sum, one) => sum + one, 0)).toBe(report.rows);

  const exchanges = [...target.exchanges.values()];
  expect(exchanges).toHaveLength(count);
  expect(Math.max(...exchanges)).toBeLessThanOrEqual(3);
  expect(exchanges.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(count + 2 * concurrency);

  const [header, ...lines] = readFileSync(output, "utf8").trimEnd().split("\n");
  expect(header).toBe("account,refreshTokenSha256,instanceId,siteId,result,detail");
  const instances = [...target.tokens.values()];
  expect(lines.slice(0, count).map((line) => [line.split(",")[0], line.split(",")[2]])).toEqual(
    instances.map((instanceId, index) => [`account ${index}`, instanceId]),
  );
  expect(lines[count]).toContain(`again 0,`);
  expect(lines[count]).toContain(`,${instances[0]},`);
  expect(readFileSync(output, "utf8")).not.toContain("lkr_");
}, 3_600_000);
