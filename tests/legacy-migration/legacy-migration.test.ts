import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { createTestPlatform } from "@latchkey/server/testing";
import { expect, test } from "vitest";
import { childFlags } from "../../tools/test/responses/child-process.ts";

// Runs the example as a separate process that has only the environment, as a user does.
test("the example goes through the legacy flow and its migration", async () => {
  const platform = await createTestPlatform({ seed: "legacy migration" });
  const root = join(import.meta.dirname, "..", "..");
  const flags = [...childFlags(), "examples/legacy-migration/main.ts"];
  const { LATCHKEY_TEST_VIOLATIONS, PATH } = process.env;
  const env = {
    PATH,
    LATCHKEY_TEST_VIOLATIONS,
    LATCHKEY_URL: platform.url,
    LATCHKEY_ADMIN_KEY: platform.adminKey,
  };
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: root, env, timeout: 120_000 });
  await platform.close();
  expect(stdout.replace(/in \/.*instances.jsonl/, "in …").split("\n")).toEqual([
    "Before: 3 sites, each with a refresh token",
    "  Site 1 works with its refresh token",
    "  Site 2 works with its refresh token",
    "  Site 3 works with its refresh token",
    "The app is removed from Site 3. Site 1 is copied: the copy has no refresh token",
    "3 rows",
    "  2 migrated: client_credentials works for their instance",
    "  1 instance_removed: the app was removed from the site",
    "The instances are in ….",
    "The App URL and the redirect URLs of the app are cleared.",
    "After: 3 sites, each with its instanceId",
    "  Site 1 works with its instanceId",
    "  Site 2 works with its instanceId",
    "  Copy of Site 1 works with its instanceId",
    "",
  ]);
}, 150_000);
