import { describe, expect, it } from "vitest";
import { AppStrategy, type AppStrategyOptions } from "./app-strategy.ts";
import { failureOf } from "./testing/failure.ts";
import { APP_ID, APP_SECRET, CREDENTIALS } from "./testing/scripted-platform.ts";

describe("AppStrategy", () => {
  it("keeps the public key for the checks that need it", () => {
    expect(AppStrategy({ ...CREDENTIALS, publicKey: "PEM" }).publicKey).toBe("PEM");
  });

  it.each([
    [{ appId: "" }, "appId is missing. Copy it from the app's page in the dashboard."],
    [{ appId: undefined }, "appId is missing. Copy it from the app's page in the dashboard."],
    [{ appSecret: "" }, "appSecret is missing. Copy it from the app's page in the dashboard."],
    [{ appSecret: null }, "appSecret is missing. Copy it from the app's page in the dashboard."],
    [{ appSecret: `${APP_SECRET}\n` }, "appSecret begins or ends with white space. Copy it again without."],
    [{ appId: APP_SECRET, appSecret: APP_ID }, "appId holds a secret. Were appId and appSecret swapped?"],
  ])("refuses %j", async (change, message) => {
    const options = { ...CREDENTIALS, ...change } as AppStrategyOptions;
    const error = await failureOf(() => AppStrategy(options));
    expect([error.code, error.message]).toEqual(["missing_credentials", message]);
  });

  it("takes no empty list of scopes for all of them", () => {
    expect(() => AppStrategy({ ...CREDENTIALS, scopes: [] })).toThrow(
      new TypeError("scopes is empty: name at least one, or leave the option out to ask for all of them."),
    );
  });

  it.each(["", "A B", 'A"', "A\\B", "A\n", "é"])("refuses the scope %j", (scope) => {
    expect(() => AppStrategy({ ...CREDENTIALS, scopes: [scope] })).toThrow(
      new TypeError("Each scope is one word of printable ASCII characters (RFC 6749 section 3.3)."),
    );
  });
});
