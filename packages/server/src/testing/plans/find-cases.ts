import { expect } from "vitest";
import { finders, secretFinders } from "../../features/find/finders.ts";
import type { Principal } from "../../infrastructure/management/index.ts";
import { filledIds } from "./filled-database.ts";
import type { PlanCase } from "./webhook-cases.ts";

const accountId = filledIds.account(3);
const account = {
  ...{ accountId, email: null, name: "", sessionId: "" },
  ...{ isDeveloper: true, isOperator: false },
};
const principal: Principal = { name: "account", scopes: "all", expiresAt: null, account };

/** Each way in which an id is found: the id of one object, that of an event, and one that nothing has. */
export const findCases: readonly PlanCase[] = [...finders, ...secretFinders].map((finder) => ({
  name: `finding ${finder.type} for ${finder.operation}`,
  async run({ database, eventId, now }) {
    for (const id of [filledIds.webhook(3), eventId, "none"]) {
      const search = { id, text: id, digests: ["digest"], principal, now };
      expect(await finder.find(database.read, search)).toBeInstanceOf(Array);
    }
  },
  rows: 110,
}));
