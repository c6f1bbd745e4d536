import { createAccount } from "@latchkey/test-support/accounts";
import { errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lowestIdAt } from "../../infrastructure/database/index.ts";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { engines } from "../../testing/test-database.ts";

const day = 86_400_000;
const now = 1_767_323_045_678;

describe.each(engines)("the settings of retention on %s", (database) => {
  let platform: TestPlatform;
  let call: ReturnType<typeof managementCaller>;
  beforeEach(async () => {
    platform = await createTestPlatform({ database, now });
    call = managementCaller(platform);
  });
  afterEach(() => platform.close());

  const patch = async (body: object) => {
    const response = await call("PATCH /settings/retention", { body });
    return [response.status, response.body] as const;
  };
  const days = async () => {
    const { body } = await call("GET /settings/retention");
    return Object.fromEntries(body.items.map(({ days, kind }) => [kind, days]));
  };

  test("list each kind with its days, default, least and most", async () => {
    const { body } = await call("GET /settings/retention");
    expect(
      body.items.map((item) => [item.kind, item.days, item.defaultDays, item.leastDays, item.mostDays]),
    ).toEqual([
      ["deliveries", 30, 30, 1, 365],
      ["events", 30, 30, 1, 365],
      ["tokenLog", 7, 7, 1, 90],
      ["pluginCalls", 7, 7, 1, 90],
      ["countsByMinute", 7, 7, 1, 30],
      ["countsByHour", 90, 90, 7, 400],
      ["audit", null, null, 90, 3_650],
    ]);
  });

  test("change the named kinds only, and null restores the default", async () => {
    const [status, body] = await patch({ deliveries: 14, audit: 365 });
    expect([status, body.items[0]]).toEqual([
      200,
      {
        ...{ kind: "deliveries", days: 14, defaultDays: 30, leastDays: 1, mostDays: 365 },
        description:
          "Deliveries with their attempts, after they ended. Those that have not ended are always kept",
      },
    ]);
    await patch({ deliveries: 15 });
    expect(await days()).toMatchObject({ deliveries: 15, events: 30, audit: 365 });
    await patch({ deliveries: null, audit: null });
    expect(await days()).toMatchObject({ deliveries: 30, audit: null });
  });

  test("are in the audit log when they change", async () => {
    await patch({ deliveries: 14, tokenLog: null });
    const { body } = await call("GET /audit?action=retention.changed");
    expect(body.items).toMatchObject([{ actor: "admin", details: { deliveries: 14, tokenLog: null } }]);
  });

  test("are not changed by days outside of the limits, unknown kinds, or nothing", async () => {
    const kinds = "deliveries, events, tokenLog, pluginCalls, countsByMinute, countsByHour, audit";
    const invalid = [
      [{ deliveries: 0 }, "deliveries", "must be at least 1", "MIN"],
      [{ deliveries: 14, events: 366 }, "events", "must be at most 365", "MAX"],
      [{ deliveries: 14, audit: 89 }, "audit", "must be at least 90", "MIN"],
      [{ tokenLog: 1.5 }, "tokenLog", "must be a whole number", "VALIDATION"],
      [{ tokenLog: "7" }, "tokenLog", "must be a number", "VALIDATION"],
      [{}, "body", `must have at least one of ${kinds}`, "REQUIRED_ONE_OF_FIELD"],
      [
        { deliveries: 14, sessions: 1 },
        "body",
        `has a field that is not taken here; only these are: ${kinds}`,
        "FIELD_NOT_ALLOWED",
      ],
    ] as const;
    for (const [body, field, description, violatedRule] of invalid) {
      expect(await patch(body)).toMatchObject([
        400,
        {
          message: "Validation failed",
          details: { validationError: { fieldViolations: [{ field, description, violatedRule }] } },
        },
      ]);
    }
    expect(await days()).toMatchObject({ deliveries: 30, events: 30, tokenLog: 7, audit: null });
  });

  test("are read by everybody, and changed by operators and keys with a scope of their own", async () => {
    const developer = await createAccount(platform, "developer", { isDeveloper: true });
    const operator = await createAccount(platform, "operator", { isOperator: true });
    expect((await developer.call("GET /settings/retention")).status).toBe(200);
    const refused = await developer.call("PATCH /settings/retention", { body: { events: 1 } });
    expect([refused.status, refused.body]).toEqual([
      403,
      errorBody("PERMISSION_DENIED", "This call is for an operator."),
    ]);
    expect((await operator.call("PATCH /settings/retention", { body: { events: 2 } })).status).toBe(200);
    const { appId } = await platform.createApp();
    const bound = await call("POST /api-keys", {
      body: { name: "Bound", scopes: ["settings:write"], appId },
    });
    expect(bound.status).toBe(400);
  });

  test("apply at the next hourly maintenance, without a restart", async () => {
    const { write, read } = platform.platform.database;
    await write(async (trx) => {
      const entry = {
        ...{ app_id: "a", instance_id: "", route: "r", reason: "expired", kind: "client" as const },
        requests: 1,
      };
      const request = { first_request_id: "r", last_request_id: "r" };
      for (const age of [2, 6, 40]) {
        const at = now - age * day;
        await trx
          .insertInto("token_log")
          .values({ ...entry, ...request, entry_id: lowestIdAt(at), hour: at, first_at: at, last_at: at })
          .execute();
        await trx
          .insertInto("audit")
          .values({
            ...{ entry_id: lowestIdAt(at - 60 * day), actor: "admin", action: `old ${age}`, details: "{}" },
            ...{
              request_id: "r",
              occurred_at: at - 60 * day,
              app_id: null,
              site_id: null,
              instance_id: null,
            },
          })
          .execute();
      }
    });
    const left = async () => ({
      log: (await read.selectFrom("token_log").select("first_at").orderBy("first_at").execute()).map(
        ({ first_at }) => Math.round((now - first_at) / day),
      ),
      audit: (await read.selectFrom("audit").select("action").where("action", "like", "old %").execute())
        .map(({ action }) => action)
        .sort(),
    });
    await platform.clock.advance("1h");
    expect(await left()).toEqual({ log: [6, 2], audit: ["old 2", "old 40", "old 6"] });
    await patch({ tokenLog: 3, audit: 90 });
    await platform.clock.advance("1h");
    expect(await left()).toEqual({ log: [2], audit: ["old 2", "old 6"] });
  });
});
