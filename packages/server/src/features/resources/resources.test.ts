import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ApiError, jsonResponse } from "../../index.ts";
import { createTestPlatform } from "../../testing/index.ts";
import { engines, openTestDirectory } from "../../testing/test-database.ts";
import { openTestSchema } from "../../testing/test-schema.ts";
import { readConfig } from "../../wiring/config.ts";
import { createPlatform, type Platform } from "../../wiring/platform.ts";
import { defineResource } from "./define-resource.ts";
import type { Resource } from "./resource.ts";

interface Tables {
  tours_guides: { site_id: string; name: string };
}

const adminKey = "Zm9yIHRlc3RzIG9ubHk6IDMyIGJ5dGVzIG9mIHRleHQhIQ==";
const actor = { name: "test", requestId: "" };
const eventType = "tours.guide_added";

const tours: Resource = defineResource<Tables>({
  name: "tours",
  tables: ["tours_guides"],
  migrations: [
    {
      name: "0001-guides",
      sql: "CREATE TABLE tours_guides (site_id TEXT COLLATE BINARY NOT NULL, name TEXT NOT NULL);",
    },
  ],
  permissions: [{ permissionId: "TOURS.READ", description: "Read tours" }],
  scopes: [{ scopeId: "SCOPE.TOURS", name: "Tours", permissions: ["TOURS.READ"] }],
  eventTypes: [
    { eventType, description: "A guide was added", permissionId: "TOURS.READ", sample: { name: "Ada" } },
  ],
  routes: (platform) => [
    {
      method: "GET",
      path: "/tours/{what}",
      permission: "TOURS.READ",
      operationId: "getTour",
      tag: "Tours",
      summary: "Get",
      responses: { 200: { description: "Found" } },
      async handle({ access, parameters: { what } }) {
        if (what === "broken") throw new Error("the password is hunter2");
        if (what === "odd") throw new ApiError({ code: "ODD", status: 500, text: "the password is hunter2" });
        const site = await platform.readSite(platform.database.read, access.siteId);
        return jsonResponse({ site: site.name });
      },
    },
  ],
  site: {
    async created(_platform, trx, { siteId }) {
      await trx.insertInto("tours_guides").values({ site_id: siteId, name: "Ada" }).execute();
    },
  },
});

describe.each(engines)("a resource on %s", (engine) => {
  let storage: { databaseUrl: string; remove(): Promise<void> };
  let platform: Platform | undefined;
  beforeEach(async () => {
    storage = engine === "postgres" ? await openTestSchema() : openTestDirectory();
  });
  afterEach(async () => {
    await platform?.close();
    platform = undefined;
    await storage.remove();
  });

  /** Starts a platform on the storage of the test, and closes the previous one. */
  async function start(resources: readonly Resource[]): Promise<Platform> {
    await platform?.close();
    platform = undefined;
    const config = readConfig({
      LATCHKEY_ENV: "development",
      LATCHKEY_LOG_LEVEL: "silent",
      LATCHKEY_ADMIN_KEY: adminKey,
      LATCHKEY_ENCRYPTION_KEY: "9f2c41d80b6e7a53c1f894e02d7b65a8304c9e1f6bd2750a8e43c7196fb05d2a",
      DATABASE_URL: storage.databaseUrl,
    });
    platform = await createPlatform(config, { resources });
    return platform;
  }

  const ask = async ({ fetch }: Platform, path: string, init: RequestInit = {}) => {
    const request = new Request(`http://127.0.0.1:4400${path}`, {
      ...init,
      headers: { host: "127.0.0.1:4400", "content-type": "application/json", ...init.headers },
    });
    const response = await fetch(request, { requestId: "request-1", clientAddress: "127.0.0.1" });
    // biome-ignore lint/suspicious/noExplicitAny: tests compare what came with literals
    return { status: response.status, body: (await response.json()) as any };
  };
  const manage = (running: Platform, operation: string, body?: object) => {
    const [method = "GET", path = ""] = operation.split(" ");
    const headers = { authorization: `Bearer ${adminKey}` };
    return ask(running, `/admin/v1${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  };

  /** An app with the scope of tours, installed on a new site. */
  async function install(running: Platform) {
    const { body: app } = await manage(running, "POST /apps", { name: "App", scopes: ["SCOPE.TOURS"] });
    const { body: site } = await manage(running, "POST /sites", { name: "Harbour" });
    const { body: instance } = await manage(running, `POST /sites/${site.siteId}/instances`, {
      appId: app.appId,
    });
    const credentials = {
      grant_type: "client_credentials",
      client_id: app.appId,
      client_secret: app.secret.value,
      instance_id: instance.instanceId,
    };
    const newToken = async (from: Platform) =>
      (await ask(from, "/oauth2/token", { method: "POST", body: JSON.stringify(credentials) })).body
        .access_token as string;
    return { newToken, siteId: site.siteId as string };
  }

  test("that is no longer configured keeps its tables; its scopes have no permissions until it is configured again", async () => {
    const first = await start([tours]);
    const { newToken, siteId } = await install(first);
    const token = await newToken(first);
    const call = (running: Platform, authorization: string) =>
      ask(running, "/tours/any", { headers: { authorization } });
    expect(await call(first, token)).toEqual({ status: 200, body: { site: "Harbour" } });

    const without = await start([]);
    const scopes = (await manage(without, "GET /scopes")).body.items as { scopeId: string }[];
    expect(scopes).toContainEqual({ scopeId: "SCOPE.TOURS", name: "Tours", permissions: [] });
    expect((await call(without, token)).status).toBe(404);

    const back = await start([tours]);
    expect(await call(back, await newToken(back))).toEqual({ status: 200, body: { site: "Harbour" } });
    const { read } = back.platformFor<Tables>(tours).database;
    const guides = await read.selectFrom("tours_guides").selectAll().execute();
    expect(guides).toEqual([{ site_id: siteId, name: "Ada" }]);
  });

  test.each(["broken", "odd"])(
    "whose handler throws (%s) responds with 500 and without the message",
    async (what) => {
      const running = await start([tours]);
      const { newToken } = await install(running);
      const response = await ask(running, `/tours/${what}`, {
        headers: { authorization: await newToken(running) },
      });
      expect(response).toEqual({ status: 500, body: { message: "", details: {} } });
    },
  );

  test("appends only events that it declares, and the management API cannot publish them", async () => {
    const running = await start([tours]);
    const { siteId } = await install(running);
    const own = running.platformFor<Tables>(tours);
    const append = (type: string) =>
      own.database.write((trx) => own.appendEvents(trx, [{ eventType: type, siteId, payload: {} }]));
    await append(eventType);
    await expect(append("AppRemoved")).rejects.toThrow(
      "The resource tours does not declare the event type AppRemoved.",
    );
    const published = await manage(running, "POST /events", { siteId, eventType, payload: {} });
    expect([published.status, published.body.details.validationError.fieldViolations]).toEqual([
      400,
      [
        {
          field: "eventType",
          description: "is published by the platform itself",
          violatedRule: "INVALID_ENUM_VALUE",
        },
      ],
    ]);
  });

  test("has cursors that are valid for one list of one resource", async () => {
    const cafes = defineResource({ name: "cafes", permissions: [], scopes: [], routes: () => [] });
    const running = await start([tours, cafes]);
    const { cursors } = running.platformFor(tours);
    const cursor = cursors.write("guides", "position 7");
    expect(cursors.read("guides", cursor)).toBe("position 7");
    for (const read of [
      () => cursors.read("tours", cursor),
      () => running.platformFor(cafes).cursors.read("guides", cursor),
    ]) {
      expect(read).toThrow(expect.objectContaining({ code: "INVALID_CURSOR", status: 400 }));
    }
  });

  test.each([
    ["permission", "/permissions", { permissionId: "TOURS.READ", description: "Mine" }, "TOURS.READ"],
    [
      "scope",
      "/scopes",
      { scopeId: "SCOPE.TOURS", name: "Mine", permissions: ["WIX_DEVELOPERS.MANAGE_APP_INSTANCE"] },
      "SCOPE.TOURS",
    ],
    ["event type", "/event-types", { eventType, description: "Mine" }, eventType],
  ])(
    "does not start when a declared %s was created with the management API",
    async (kind, path, body, id) => {
      const first = await start([]);
      expect((await manage(first, `POST ${path}`, body)).status).toBe(200);
      await expect(start([tours])).rejects.toMatchObject({
        code: "resource_collision",
        message:
          "Two APIs of this platform declare the same thing; rename one of them. " +
          `The resource tours declares the ${kind} ${id}, which was created with the management API.`,
      });
    },
  );

  test("is rejected by a platform without it", async () => {
    const running = await start([]);
    expect(() => running.platformFor(tours)).toThrow(
      expect.objectContaining({
        code: "resource_invalid",
        message: "A resource is not defined as the platform needs it. This platform has no resource tours.",
      }),
    );
  });

  test("that throws when a site is created prevents the site", async () => {
    const failing = defineResource({
      name: "failing",
      permissions: [],
      scopes: [],
      routes: () => [],
      site: {
        async created() {
          throw new Error("hook failed");
        },
      },
    });
    const running = await start([failing]);
    const { database, sites } = running;
    await expect(database.write((trx) => sites.create(trx, actor, { name: "Harbour" }))).rejects.toThrow(
      "hook failed",
    );
    expect((await manage(running, "GET /sites")).body.items).toEqual([]);
  });
});

test("a handler that throws responds over HTTP with 500 and a request id", async () => {
  const platform = await createTestPlatform({ resources: [tours] });
  const { appId, secret } = await platform.createApp({ scopes: ["SCOPE.TOURS"] });
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId, siteId });
  const grant = { grant_type: "client_credentials", client_id: appId, client_secret: secret.value };
  const body = new URLSearchParams({ ...grant, instance_id: instanceId });
  const token = (await (await fetch(`${platform.url}/oauth2/token`, { method: "POST", body })).json()) as {
    access_token: string;
  };
  const response = await fetch(`${platform.url}/tours/broken`, {
    headers: { authorization: token.access_token },
  });
  expect([response.status, await response.text()]).toEqual([500, '{"message":"","details":{}}']);
  expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  await platform.close();
});
