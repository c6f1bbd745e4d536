import { stores } from "@latchkey/stores";
import { type CallManagement, errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";
import { engines } from "../../../testing/test-database.ts";

const unknown = "00000000-0000-4000-8000-000000000000";
const catalog = "com.wix.ecommerce.catalog.api.v1";

describe.each(engines)("webhooks on %s", (database) => {
  let platform: TestPlatform;
  let call: CallManagement;
  let appId: string;
  let webhooks: string;

  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], database, now: 1_767_323_045_678 });
    call = managementCaller(platform);
    appId = (await platform.createApp({ scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] })).appId;
    webhooks = `/apps/${appId}/webhooks`;
  });
  afterAll(() => platform.close());

  let count = 0;
  const create = async (eventType = "AppInstalled") => {
    count += 1;
    const body = { eventType, url: `http://127.0.0.1:9999/hooks/${count}` };
    return (await call(`POST ${webhooks}`, { body })).body;
  };

  test("are created with a secret that is shown once, listed, read, changed and deleted", async () => {
    const created = await create();
    expect(created).toEqual({
      ...{ webhookId: created.webhookId, appId, eventType: "AppInstalled" },
      ...{ url: `http://127.0.0.1:9999/hooks/${count}`, format: "jwt" },
      confirmation: { state: "not_required", reason: null, lastAttemptAt: null, nextAttemptAt: null },
      ...{ state: "active", pauseReason: null, pausedAt: null, failures: 0, failingSince: null },
      ...{ lastWarningPercent: 0, previousSecretExpiresAt: null, pending: 0, missingPermission: null },
      ...{ createdAt: "2026-01-02T03:04:05.678Z", updatedAt: "2026-01-02T03:04:05.678Z" },
      signingSecret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    });
    const { signingSecret, ...shown } = created;
    expect((await call(`GET ${webhooks}/${created.webhookId}`)).body).toEqual(shown);
    const { missingPermission, pending, ...item } = shown;
    expect((await call(`GET ${webhooks}`)).body.items).toContainEqual(item);
    const changed = await call(`PATCH ${webhooks}/${created.webhookId}`, {
      body: { url: "http://127.0.0.1:9999/other" },
    });
    expect(changed.body).toMatchObject({ url: "http://127.0.0.1:9999/other", eventType: "AppInstalled" });
    expect((await call(`DELETE ${webhooks}/${created.webhookId}`)).status).toBe(200);
    const gone = await call(`GET ${webhooks}/${created.webhookId}`);
    expect([gone.status, gone.body]).toEqual([
      404,
      errorBody("WEBHOOK_NOT_FOUND", "The app has no webhook with this id."),
    ]);
  });

  test("name the permission that no scope of the app includes", async () => {
    expect((await create(`${catalog}.ProductCreated`)).missingPermission).toBeNull();
    const other = await platform.createApp();
    const body = { eventType: `${catalog}.ProductCreated`, url: "http://127.0.0.1:9999/" };
    const response = await call(`POST /apps/${other.appId}/webhooks`, { body });
    expect(response.body.missingPermission).toBe("WIX_STORES.READ_PRODUCTS");
  });

  test("get a new secret; the previous one also signs for a day", async () => {
    const { signingSecret, webhookId } = await create();
    const rotated = (await call(`POST ${webhooks}/${webhookId}/rotate-secret`)).body;
    expect(rotated.signingSecret).not.toBe(signingSecret);
    expect(rotated.previousSecretExpiresAt).toBe("2026-01-03T03:04:05.678Z");
  });

  test("are paused and resumed, and the audit log has each change once", async () => {
    const { webhookId } = await create();
    for (const change of ["pause", "pause", "resume", "resume"]) {
      const { body } = await call(`POST ${webhooks}/${webhookId}/${change}`);
      expect(body.state).toBe(change === "pause" ? "paused" : "active");
    }
    const audit = (await call(`GET /audit?appId=${appId}&limit=100`)).body.items
      .filter((entry) => (entry.details as { webhookId?: unknown }).webhookId === webhookId)
      .map((entry) => entry.action);
    expect(audit.sort()).toEqual(["webhook.created", "webhook.paused", "webhook.resumed"]);
  });

  test("have a format, which is changed without the address", async () => {
    const body = { eventType: "AppInstalled", url: "http://127.0.0.1:9999/json", format: "json" };
    const created = (await call(`POST ${webhooks}`, { body })).body;
    const webhook = `${webhooks}/${created.webhookId}`;
    expect((await call(`GET ${webhook}`)).body).toMatchObject(body);
    const changed = await call(`PATCH ${webhook}`, { body: { format: "jwt" } });
    expect(changed.body).toMatchObject({ ...body, format: "jwt" });
    expect((await call(`PATCH ${webhook}`, { body: {} })).status).toBe(400);
  });

  test("created twice concurrently with one Idempotency-Key are one", async () => {
    const sent = {
      body: { eventType: "AppInstalled", url: "http://127.0.0.1:9999/once" },
      headers: { "idempotency-key": "once" },
    };
    const responses = await Promise.all([call(`POST ${webhooks}`, sent), call(`POST ${webhooks}`, sent)]);
    expect(responses.map(({ status }) => status)).toEqual([200, 200]);
    expect(responses[0]?.body).toEqual(responses[1]?.body);
  });

  test("created twice concurrently without a key are one and a 409", async () => {
    const body = { eventType: "AppInstalled", url: "http://127.0.0.1:9999/twice" };
    const responses = await Promise.all([
      call(`POST ${webhooks}`, { body }),
      call(`POST ${webhooks}`, { body }),
    ]);
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(responses.find(({ status }) => status === 409)?.body).toEqual(
      errorBody("WEBHOOK_EXISTS", "The app sends this event type to this address already."),
    );
  });

  test.each([
    [{}, 400, "eventType"],
    [{ eventType: "AppInstalled" }, 400, "url"],
    [{ eventType: "", url: "http://127.0.0.1:9999/" }, 400, "eventType"],
    [{ eventType: "a b", url: "http://127.0.0.1:9999/" }, 400, "eventType"],
    [{ eventType: "AppInstalled", url: "http://10.0.0.1/" }, 400, "url"],
    [{ eventType: "AppInstalled", url: "http://127.0.0.1:22/" }, 400, "url"],
    [{ eventType: "AppInstalled", url: "ftp://127.0.0.1/" }, 400, "url"],
    [{ eventType: "AppInstalled", url: "http://me@127.0.0.1:9999/" }, 400, "url"],
    [{ eventType: "AppInstalled", url: `http://127.0.0.1:9999/${"a".repeat(2_000)}` }, 400, "url"],
    [{ eventType: "AppInstalled", url: "http://127.0.0.1:9999/", secret: "x" }, 400, "body"],
    [{ eventType: "AppInstalled", url: "http://127.0.0.1:9999/", format: "JSON" }, 400, "format"],
    [{ eventType: "AppInstalled", url: "http://127.0.0.1:9999/", format: null }, 400, "format"],
    [{ eventType: "unknown.type", url: "http://127.0.0.1:9999/" }, 404, "EVENT_TYPE_NOT_FOUND"],
  ])("reject %j", async (body, status, named) => {
    const response = await call(`POST ${webhooks}`, { body });
    const { applicationError, validationError } = (response.body as never as { details: Details }).details;
    expect([response.status, applicationError?.code ?? validationError?.fieldViolations[0]?.field]).toEqual([
      status,
      named,
    ]);
    expect(response.text).not.toMatch(/10\.0\.0\.1\/|me@/);
  });

  test("are limited to 100 for each app", async () => {
    const { appId: full } = await platform.createApp();
    const sent = (n: number) => ({ body: { eventType: "AppInstalled", url: `http://127.0.0.1:9999/${n}` } });
    for (let n = 0; n < 100; n += 1)
      expect((await call(`POST /apps/${full}/webhooks`, sent(n))).status).toBe(200);
    const response = await call(`POST /apps/${full}/webhooks`, sent(100));
    expect([response.status, response.body]).toEqual([
      409,
      errorBody("TOO_MANY_WEBHOOKS", "The app has as many webhooks as it may have; delete one first."),
    ]);
  });

  test("of another app are not found", async () => {
    const { webhookId } = await create();
    const { appId: other } = await platform.createApp();
    for (const operation of [
      `GET /apps/${other}/webhooks/${webhookId}`,
      `DELETE /apps/${other}/webhooks/${webhookId}`,
      `POST /apps/${other}/webhooks/${webhookId}/replay`,
      `POST /apps/${other}/webhooks/${webhookId}/test`,
      `POST /apps/${unknown}/webhooks/${webhookId}/pause`,
    ]) {
      expect([operation, (await call(operation)).status]).toEqual([operation, 404]);
    }
  });

  test("deliveries are visible to keys of their app only", async () => {
    const { webhookId } = await create();
    const { body: delivery } = await call(`POST ${webhooks}/${webhookId}/test`);
    const other = await platform.createApp();
    const keyOf = async (forAppId: string) =>
      managementCaller(
        platform,
        (
          await call("POST /api-keys", {
            body: { name: "Key", scopes: ["deliveries:read", "deliveries:write"], appId: forAppId },
          })
        ).body.value,
      );
    const [own, foreign] = [await keyOf(appId), await keyOf(other.appId)];
    expect((await own("GET /deliveries")).body.items.map((one) => one.appId)).toContain(appId);
    expect((await foreign("GET /deliveries")).body.items).toEqual([]);
    for (const operation of [
      `GET /deliveries/${delivery.deliveryId}`,
      `POST /deliveries/${delivery.deliveryId}/resend`,
    ]) {
      expect((await own(operation)).status).toBe(200);
      const refused = await foreign(operation);
      expect([refused.status, refused.body]).toEqual([
        404,
        errorBody(
          "DELIVERY_NOT_FOUND",
          "There is no delivery with this id; they are deleted some time after they ended, by default after 30 days.",
        ),
      ]);
    }
    expect((await call("GET /deliveries?status=lost")).status).toBe(400);
  });
});

interface Details {
  readonly applicationError?: { readonly code: string };
  readonly validationError?: { readonly fieldViolations: readonly { readonly field: string }[] };
}
