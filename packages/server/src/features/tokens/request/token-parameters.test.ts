import { describe, expect, test } from "vitest";
import { readClientCredentials } from "./client-authentication.ts";
import { readTokenParameters } from "./token-parameters.ts";

const form = "application/x-www-form-urlencoded";

async function read(body: string, type = form): Promise<Record<string, string>> {
  const request = new Request("https://latchkey.example/oauth2/token", {
    method: "POST",
    headers: { "content-type": type },
    body,
  });
  return Object.fromEntries(await readTokenParameters(request));
}

describe("a parameter without a value", () => {
  test.each([
    ["resource=&instance_id=i", form],
    ["client_secret=&instance_id=i", form],
    ["clientSecret&instance_id=i", form],
    ['{"resource":"","client_id":"","instanceId":"i"}', "application/json"],
  ])("is ignored: %s", async (body, type) => {
    expect(await read(body, type)).toEqual({ instance_id: "i" });
  });

  test("is not ignored when it is scope or token", async () => {
    expect(await read("scope=&token=")).toEqual({ scope: "", token: "" });
  });

  test.each(["resource=&resource=https://api.example", "client_id=&clientId=a", "clientId=a&client_id="])(
    "counts when a parameter is given twice: %s",
    async (body) => {
      await expect(read(body)).rejects.toMatchObject({ error: "invalid_request" });
    },
  );

  test("is ignored next to HTTP Basic", async () => {
    const request = new Request("https://latchkey.example/oauth2/token", {
      method: "POST",
      headers: { "content-type": form, authorization: `Basic ${btoa("id:secret")}` },
      body: "client_id=&client_secret=",
    });
    expect(readClientCredentials(request.headers, await readTokenParameters(request))).toEqual({
      clientId: "id",
      clientSecret: "secret",
      viaHeader: true,
    });
  });
});

test.each(["instance_id=i&", "instance_id=i&&", "&instance_id=i", "&&", ""])(
  "a form can have empty pairs: %s",
  async (body) => {
    expect(await read(body)).toEqual(body.includes("i") ? { instance_id: "i" } : {});
  },
);

test("an empty name is an unknown parameter, and cannot be given twice", async () => {
  expect(await read("=a&instance_id=i")).toEqual({ instance_id: "i" });
  await expect(read("=a&=b")).rejects.toMatchObject({ error: "invalid_request" });
});
