import { startServer } from "@latchkey/test-support/server-process";
import { expect, test } from "vitest";
import { rawRequest, sendRaw } from "../attack-cases/raw-http.ts";
import { readDocument } from "../docs/documents.ts";

const compose = readDocument("docs/guides/test-your-app.md").blocks.find(({ text }) =>
  text.startsWith("services:"),
)?.text;
const value = (name: string): string =>
  new RegExp(`^ +${name}: (.*)$`, "m").exec(compose ?? "")?.[1] ?? `no ${name}`;

test("FR-E4: the compose file lets the app and other containers call the platform, and nobody else", async () => {
  const url = value("LATCHKEY_PUBLIC_URL");
  expect([value("LATCHKEY_URL"), value("network_mode")]).toEqual([url, "service:latchkey"]);
  expect(value("ports")).toBe(`["127.0.0.1:${new URL(url).port}:4400"]`);
  const server = await startServer({
    LATCHKEY_ENV: "development",
    HOST: value("HOST"),
    LATCHKEY_DEV_HOSTS: value("LATCHKEY_DEV_HOSTS"),
    LATCHKEY_PUBLIC_URL: url,
  });
  const line = "GET /.well-known/oauth-authorization-server";
  const call = (host: string) => sendRaw(server.url, rawRequest(server.url, line, { headers: { host } }));
  const replies = await Promise.all(["127.0.0.1:4400", "latchkey:4400", "app:4400"].map(call));
  expect(replies.flatMap(({ statuses }) => statuses)).toEqual([200, 200, 421]);
  expect(replies[1]?.text).toContain(`"issuer":"${url}"`);
  await server.stop();
});
