import { createAccount } from "@latchkey/test-support/accounts";
import {
  type CallManagement,
  errorBody,
  managementCaller,
  violations,
} from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";

const legacy = { appUrl: "https://app.example/install", redirectUrls: ["https://app.example/callback"] };
let platform: TestPlatform;
let call: CallManagement;

beforeAll(async () => {
  platform = await createTestPlatform();
  call = managementCaller(platform);
});
afterAll(() => platform.close());

describe("apps register addresses", () => {
  const exact = ["https://APP.example:443/Callback/../x?b=1&a=%7e", "http://127.0.0.1:3000", "http://[::1]/"];

  test("as they are written, and return them unchanged", async () => {
    const { body } = await call("POST /apps", {
      body: { name: "Exact", legacy: { ...legacy, redirectUrls: exact }, postInstallationUrls: exact },
    });
    const read = await call(`GET /apps/${body.appId}`);
    expect(read.body).toMatchObject({
      legacy: { ...legacy, redirectUrls: exact },
      postInstallationUrls: exact,
    });
    const cleared = await call(`PATCH /apps/${body.appId}`, {
      body: { legacy: null, postInstallationUrls: [] },
    });
    expect(cleared.body).toMatchObject({ legacy: null, postInstallationUrls: [] });
  });

  test("of the legacy flow only where the platform allows it", async () => {
    const developer = await createAccount(platform, "developer", { isDeveloper: true });
    const refused = errorBody("PERMISSION_DENIED", "This change is for an operator.");
    const registered = await developer.call("POST /apps", { body: { name: "Own", legacy } });
    expect([registered.status, registered.body]).toEqual([403, refused]);
    const postInstallationUrls = ["https://app.example/installed"];
    const { body } = await developer.call("POST /apps", {
      body: { name: "Own", legacy: null, postInstallationUrls },
    });
    expect(body).toMatchObject({ legacy: null, postInstallationUrls });
    const changed = await developer.call(`PATCH /apps/${body.appId}`, { body: { legacy } });
    expect([changed.status, changed.body]).toEqual([403, refused]);
  });

  test.each([
    ["http://app.example/", "must begin with https://, or with http:// for a loopback address"],
    ["https:app.example/", "must begin with https://, or with http:// for a loopback address"],
    ["https:///app.example/", "must begin with https://, or with http:// for a loopback address"],
    ["javascript:alert(1)", "must begin with https://, or with http:// for a loopback address"],
    ["/callback", "must be an absolute URL"],
    ["https://app.example\\@evil.example", "must be an absolute URL"],
    ["https://app.example/a b", "must be an absolute URL"],
    ["https://app.example/\r\nx", "must be an absolute URL"],
    [" https://app.example/", "must be an absolute URL"],
    ["https://app.example/#", "must not have a fragment"],
    ["https://app.example/#code", "must not have a fragment"],
    ["https://user:secret@app.example/", "must not have a user name or password"],
    ["https://@app.example/", "must not have a user name or password"],
  ])("F2 but not %j", async (url, description) => {
    const response = await call("POST /apps", {
      body: {
        name: "Bad",
        legacy: { appUrl: url, redirectUrls: ["https://app.example/", url] },
        postInstallationUrls: [url],
      },
    });
    const fields = ["legacy.appUrl", "legacy.redirectUrls[1]", "postInstallationUrls[0]"];
    const broken = fields.map((field) => ({ field, description, violatedRule: "FORMAT" as const }));
    expect([response.status, response.body]).toEqual([400, violations(...broken)]);
  });

  test("F2 but none with a parameter that the platform adds, because the app could read the wrong one", async () => {
    const response = await call("POST /apps", {
      body: {
        name: "Repeated",
        legacy: {
          appUrl: "https://app.example/?token=x",
          redirectUrls: ["https://app.example/?a=1&%63ode=x"],
        },
        postInstallationUrls: ["https://app.example/?instanceId"],
      },
    });
    const fields = {
      "legacy.appUrl": "token",
      "legacy.redirectUrls[0]": "code",
      "postInstallationUrls[0]": "instanceId",
    };
    const broken = Object.entries(fields).map(([field, name]) => ({
      ...{ field, description: `must not have the parameter ${name}, which the platform adds` },
      violatedRule: "FORMAT" as const,
    }));
    expect([response.status, response.body]).toEqual([400, violations(...broken)]);
  });

  test("of which there are at most 20 of each kind", async () => {
    const many = Array.from({ length: 21 }, (_, index) => `https://app.example/${index}`);
    const response = await call("POST /apps", {
      body: { name: "Many", legacy: { ...legacy, redirectUrls: many }, postInstallationUrls: many },
    });
    const broken = ["legacy.redirectUrls", "postInstallationUrls"].map((field) => ({
      ...{ field, description: "must have at most 20 items" },
      ...{ violatedRule: "MAX_SIZE" as const, data: { threshold: 20 } },
    }));
    expect([response.status, response.body]).toEqual([400, violations(...broken)]);
  });
});
