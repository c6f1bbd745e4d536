import { expect } from "vitest";
import { findAccountByEmail, listAccounts } from "../../features/accounts/accounts.queries.ts";
import {
  deleteOldSessions,
  deleteSessions,
  listSessions,
  prepareFindSession,
} from "../../features/accounts/sessions/sessions.queries.ts";
import { listApps } from "../../features/apps/apps.queries.ts";
import { listSites } from "../../features/sites/sites.queries.ts";
import {
  findOwners,
  findRole,
  isDeveloperOf,
} from "../../infrastructure/management/authorization.queries.ts";
import { filledIds } from "./filled-database.ts";
import type { PlanCase } from "./webhook-cases.ts";

const accountId = filledIds.account(7);
const page = { after: "", limit: 101 };

/** What a request with a session reads, and what ends sessions. */
export const accountCases: readonly PlanCase[] = [
  {
    name: "finding a session by its digest",
    async run({ database }) {
      const found = await prepareFindSession(database, 2)(["digest 100007", "none"]);
      expect(found).toMatchObject({ account_id: accountId });
    },
    indexes: { account_sessions: ["account_sessions_by_digest"], accounts: ["accounts_pkey"] },
  },
  {
    name: "listing and ending sessions of an account",
    async run({ database, now }) {
      expect(await listSessions(database.read, { ...page, accountId, now })).not.toEqual([]);
      await database.write(async (trx) => {
        await deleteOldSessions(trx, accountId, 2_000);
        await deleteSessions(trx, { accountId: filledIds.account(0) });
      });
    },
    indexes: { account_sessions: ["account_sessions_by_account"] },
  },
  {
    name: "finding accounts",
    async run({ database: { read } }) {
      expect(await findAccountByEmail(read, "7@example.com")).toMatchObject({ account_id: accountId });
      expect(await listAccounts(read, { ...page, email: "none@example.com" })).toEqual([]);
      expect(await listAccounts(read, page)).toHaveLength(101);
    },
  },
  {
    name: "authorizing an account",
    async run({ database: { read } }) {
      const instanceId = filledIds.webhook(7);
      const { appId = "", siteId = "" } = await findOwners(read, { instanceId });
      await isDeveloperOf(read, appId, accountId);
      await findRole(read, siteId, accountId);
    },
    indexes: { instances: ["instances_pkey"] },
  },
  {
    name: "listing the apps and the sites of an account",
    async run({ database: { read } }) {
      for (const name of [undefined, "app"]) {
        expect((await listApps(read, { developer: accountId, name }, page)).rows).toHaveLength(1);
      }
      for (const name of [undefined, "site"]) {
        expect((await listSites(read, { member: accountId, name }, page)).rows).toHaveLength(1);
      }
    },
  },
];
