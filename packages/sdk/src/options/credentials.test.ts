import { API_URL, APP_ID, APP_SECRET, CREDENTIALS } from "@latchkey/test-support/sdk/scripted-platform";
import { afterEach, describe, expect, test, vi } from "vitest";
import { AppStrategy, type AppStrategyOptions, createApp, createClient } from "../index.ts";

afterEach(() => vi.unstubAllEnvs());

const { instanceId } = CREDENTIALS;
const refused = (message: string) => expect.objectContaining({ code: "missing_credentials", message });

describe("(FR-D §3) AppStrategy names what is wrong with", () => {
  test.each<[string, object, string]>([
    ["a variable that was not set", { appId: "undefined" }, "appId is missing. With npm start"],
    ["quotation marks", { appId: `"${APP_ID}"` }, "appId starts or ends with a quotation mark."],
    ["quotation marks of a text program", { appSecret: `${APP_SECRET}”` }, "appSecret starts or ends with a"],
    ["white space", { appId: ` ${APP_ID}` }, "appId contains white space. Remove the white space."],
    ["capitals", { appId: APP_ID.toUpperCase() }, "appId has capital letters. Write it in lower case."],
    ["a key of the management API", { appSecret: `lka_${APP_SECRET.slice(4)}` }, "appSecret is a key of the"],
    ["an App ID as secret", { appSecret: APP_ID }, "appSecret is the App ID. Pass a secret of the app."],
    [
      "a secret as App ID",
      { appId: APP_SECRET },
      "appId contains a secret. Check whether appId and appSecret",
    ],
    ["an App ID as instance", { instanceId: APP_ID }, "instanceId is the App ID. Pass the instanceId that"],
    ["a secret as instance", { instanceId: APP_SECRET }, "instanceId contains a secret. Pass the ID of an"],
    ["capitals of an instance", { instanceId: instanceId.toUpperCase() }, "instanceId has capital letters."],
    ["white space of an instance", { instanceId: `${instanceId}\n` }, "instanceId contains white space."],
  ])("%s", (_, change, text) => {
    const options = { ...CREDENTIALS, ...change } as AppStrategyOptions;
    expect(() => AppStrategy(options)).toThrow(refused(expect.stringContaining(text) as never));
    expect(() => AppStrategy(options)).not.toThrow(APP_SECRET);
  });
});

test("app.instance names what is wrong with an ID", () => {
  const app = createApp({ appId: APP_ID, appSecret: APP_SECRET, apiUrl: API_URL });
  expect(() => app.instance("")).toThrow(
    refused("instanceId is missing. Pass the ID of the instance to act as."),
  );
  expect(() => app.instance(APP_ID)).toThrow("instanceId is the App ID.");
  expect(() => app.instance(`'${instanceId}'`)).toThrow("instanceId starts or ends with a quotation mark.");
});

describe("without options, the app of the environment is used", () => {
  const ours = { APP_ID, APP_SECRET, INSTANCE_ID: instanceId };
  const theirs = {
    WIX_CLIENT_ID: APP_ID,
    WIX_CLIENT_SECRET: "secret-of-the-real-platform",
    WIX_CLIENT_INSTANCE_ID: instanceId,
  };
  const names = [...Object.keys(ours), ...Object.keys(theirs), "APP_PUBLIC_KEY", "WIX_CLIENT_PUBLIC_KEY"];
  const set = (variables: Readonly<Record<string, string>>) => {
    for (const name of names) vi.stubEnv(name, variables[name] ?? "");
    vi.stubEnv("LATCHKEY_URL", API_URL);
  };

  test.each([
    ["our variables", ours],
    ["the variables of the third party", theirs],
    ["our variables before those of the third party", { ...theirs, ...ours, WIX_CLIENT_ID: "other" }],
  ])("by %s", (_, variables) => {
    set(variables);
    expect(AppStrategy()).toMatchObject({ appId: APP_ID, instanceId });
    expect(createClient({ auth: AppStrategy() }).auth).toBeDefined();
    expect(createApp().appId).toBe(APP_ID);
  });

  test("without an instance, unless a host sets the nil UUID", () => {
    set({ ...ours, INSTANCE_ID: "00000000-0000-0000-0000-000000000000" });
    expect(AppStrategy()).not.toHaveProperty("instanceId");
  });

  test("of one platform only", () => {
    set({ ...theirs, APP_ID });
    expect(() => createApp()).toThrow(
      refused(expect.stringContaining("APP_SECRET is missing in the env") as never),
    );
  });
});
