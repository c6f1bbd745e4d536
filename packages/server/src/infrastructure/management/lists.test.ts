import {
  type CallManagement,
  errorBody,
  managementCaller,
  violations,
} from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

const invalidCursor = errorBody(
  "INVALID_CURSOR",
  "The cursor does not belong to this list; start again without it.",
);

describe.each(["sqlite", "postgres"] as const)("a list on %s", (engine) => {
  let platform: TestPlatform;
  let call: CallManagement;
  let appIds: string[];
  let siteIds: string[];
  let cursor: string;

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine });
    call = managementCaller(platform);
    const [one, two] = [await platform.createApp(), await platform.createApp()];
    appIds = [one.appId, two.appId];
    const sites = [await platform.createSite(), await platform.createSite(), await platform.createSite()];
    siteIds = sites.map((site) => site.siteId);
    for (const siteId of siteIds) {
      for (const appId of appIds) await platform.install({ appId, siteId });
    }
    cursor = (await call(`GET /apps/${appIds[0]}/instances?limit=1`)).body.nextCursor ?? "";
  });
  afterAll(() => platform.close());

  const everyPage = async (path: string): Promise<string[][]> => {
    const pages: string[][] = [];
    let next: string | null = "";
    while (next !== null) {
      const separator = path.includes("?") ? "&" : "?";
      const response = await call(`GET ${path}${separator}limit=2${next && `&cursor=${next}`}`);
      expect(response.status).toBe(200);
      pages.push(response.body.items.map((item) => JSON.stringify(item)));
      next = response.body.nextCursor;
    }
    return pages;
  };

  test("returns every item once, page by page", async () => {
    for (const path of ["/sites", `/apps/${appIds[0]}/instances`, "/scopes", "/permissions", "/audit"]) {
      const pages = await everyPage(path);
      const items = pages.flat();
      const { body } = await call(`GET ${path}${path.includes("?") ? "&" : "?"}limit=100`);
      expect(items).toEqual(body.items.map((item) => JSON.stringify(item)));
      expect(pages.slice(0, -1).every((page) => page.length === 2)).toBe(true);
      expect(body.nextCursor).toBeNull();
    }
  });

  test("of small sets is paged as well", async () => {
    const [appId] = appIds;
    for (const name of ["Second", "Third"]) await call(`POST /apps/${appId}/secrets`, { body: { name } });
    const pages = await everyPage(`/apps/${appId}/secrets`);
    expect(pages.map((page) => page.length)).toEqual([2, 1]);
    expect(new Set(pages.flat()).size).toBe(3);
  });

  test("FR-A1: has fewer items when a response cannot contain all", async () => {
    const requestSchema = { type: "object", description: "x".repeat(60_000) };
    const body = { methods: [{ name: "call", path: "/v1/call", timeoutMs: 1_000, requestSchema }] };
    const names = Array.from({ length: 90 }, (_, index) => `LARGE_TYPE_${index + 10}`);
    for (const name of names)
      expect((await call(`PUT /service-plugin-types/${name}`, { body })).status).toBe(200);
    const first = await call("GET /service-plugin-types?limit=100");
    const second = await call(`GET /service-plugin-types?limit=100&cursor=${first.body.nextCursor}`);
    const pages = [first, second].map((page) => page.body.items.map(({ componentType }) => componentType));
    expect(pages.flat().filter((name) => String(name).startsWith("LARGE_"))).toEqual(names);
    expect(second.body.nextCursor).toBeNull();
    const size = JSON.stringify(first.body).length;
    expect([size > 4_100_000, size < 4_200_000]).toEqual([true, true]);
  });

  test("ends when the last page is full", async () => {
    const { body } = await call("GET /sites?limit=3");
    expect([body.items.length, body.nextCursor]).toEqual([3, null]);
  });

  test("has 50 items on a page by default", async () => {
    for (let count = 0; count < 51; count += 1) {
      const body = { permissionId: `TEST.PERMISSION-${count}`, description: "One of many" };
      await call("POST /permissions", { body });
    }
    expect((await call("GET /permissions")).body.items).toHaveLength(50);
  });

  test.each([
    ["-1", "must be at least 1", "MIN", { threshold: 1 }],
    ["0", "must be at least 1", "MIN", { threshold: 1 }],
    ["101", "must be at most 100", "MAX", { threshold: 100 }],
    ["1000000000", "must be at most 100", "MAX", { threshold: 100 }],
    ["1e9", "must be a whole number", "FORMAT", undefined],
    ["ten", "must be a whole number", "FORMAT", undefined],
    ["", "must be a whole number", "FORMAT", undefined],
    ["99999999999999999999", "must be a whole number", "FORMAT", undefined],
  ])("H6 rejects the limit %j", async (limit, description, violatedRule, data) => {
    const response = await call(`GET /apps?limit=${limit}`);
    const violation = { field: "limit", description, violatedRule, ...(data ? { data } : {}) };
    expect([response.status, response.body]).toEqual([400, violations(violation)]);
  });

  test("H6 accepts a cursor only on its own list", async () => {
    expect((await call(`GET /apps/${appIds[0]}/instances?cursor=${cursor}`)).status).toBe(200);
    for (const path of [
      `/apps/${appIds[1]}/instances`,
      `/apps/${appIds[0]}/instances?state=installed`,
      `/sites/${siteIds[0]}/instances`,
      "/apps",
      "/audit",
    ]) {
      const response = await call(`GET ${path}${path.includes("?") ? "&" : "?"}cursor=${cursor}`);
      expect([path, response.status, response.body]).toEqual([path, 400, invalidCursor]);
    }
  });

  test("H6 rejects a cursor that another key got for the same list", async () => {
    const body = { name: "One app", scopes: ["instances:read"], appId: appIds[0] };
    const key = await call("POST /api-keys", { body });
    const bound = managementCaller(platform, key.body.value);
    const response = await bound(`GET /apps/${appIds[0]}/instances?cursor=${cursor}`);
    expect([response.status, response.body]).toEqual([400, invalidCursor]);
  });

  test("H6 rejects a truncated, altered, forged or empty cursor", async () => {
    const altered = `${cursor.startsWith("A") ? "B" : "A"}${cursor.slice(1)}`;
    const forged = Buffer.from(siteIds[0] ?? "").toString("base64url");
    for (const bad of [cursor.slice(0, -1), cursor.slice(0, -4), altered, `${cursor}=`, forged, "", "%00"]) {
      const response = await call(`GET /apps/${appIds[0]}/instances?cursor=${bad}`);
      expect([bad, response.status, response.body]).toEqual([bad, 400, invalidCursor]);
    }
  });
});
