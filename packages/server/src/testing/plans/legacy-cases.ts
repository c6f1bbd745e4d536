import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import {
  findCode,
  findInstallToken,
  findRefreshToken,
  insertCode,
  insertInstallToken,
  insertRefreshToken,
} from "../../features/tokens/legacy/legacy.queries.ts";
import { filledIds } from "./filled-database.ts";
import type { PlanCase } from "./webhook-cases.ts";

const [appId, instanceId] = [filledIds.webhook(8), filledIds.site(8)];

/** What the legacy flow reads, and what keeps its tables small. Each owner has a thousand rows in each of them. */
export const legacyCases: readonly PlanCase[] = [
  {
    name: "finding a code, an install token and a refresh token by their digests",
    async run({ database: { read } }) {
      expect(await findCode(read, ["code 500007", "none"])).toMatchObject({ instance_id: instanceId });
      expect(await findInstallToken(read, ["token 500007", "none"])).toMatchObject({ app_id: appId });
      expect(await findRefreshToken(read, ["digest 500007", "none"])).toMatchObject({ state: "installed" });
    },
    indexes: {
      legacy_codes: ["legacy_codes_pkey"],
      legacy_install_tokens: ["legacy_install_tokens_pkey"],
      legacy_refresh_tokens: ["legacy_refresh_tokens_by_digest"],
      instances: ["instances_pkey"],
    },
  },
  {
    name: "replacing the oldest codes, install tokens and refresh tokens of an owner",
    async run({ database, now }) {
      const row = { digest: randomUUID(), app_id: appId };
      const ofInstance = { ...row, instance_id: instanceId, instance_gen: 1 };
      await database.write(async (trx) => {
        const code = { redirect_url: "https://app.example/", code_challenge: null, expires_at: now };
        await insertCode(trx, { ...ofInstance, ...code });
        const owner = { account_id: "account 7", site_id: filledIds.site(8), expires_at: now };
        await insertInstallToken(trx, { ...row, ...owner });
        const token = { refresh_token_id: randomUUID(), app_gen: 1, created_at: now };
        await insertRefreshToken(trx, { ...ofInstance, ...token });
      });
    },
    indexes: {
      legacy_codes: ["legacy_codes_by_instance", "legacy_codes_pkey"],
      legacy_install_tokens: ["legacy_install_tokens_by_account", "legacy_install_tokens_pkey"],
      legacy_refresh_tokens: ["legacy_refresh_tokens_by_instance", "legacy_refresh_tokens_pkey"],
    },
  },
];
