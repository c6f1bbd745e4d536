import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { managementCaller } from "@latchkey/test-support/management-client";
import { type ServerProcess, startInVain, startServer } from "@latchkey/test-support/server-process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStubFile } from "./stub-file.ts";

let directory: string;
let file: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "latchkey-stubs-"));
  file = join(directory, "stubs.json");
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const text = (stubs: object) => JSON.stringify(stubs);
const name = "POST /contacts/v4/contacts/query";

test.each([
  ["is not there", undefined, "LATCHKEY_STUBS: there is no file at this path."],
  ["is not JSON", "{", "LATCHKEY_STUBS: the file is not valid JSON."],
  [
    "has a stub twice",
    `{"${name}":{"body":1},"${name}":{"body":2}}`,
    "LATCHKEY_STUBS: the file has a key twice.",
  ],
  ["is a list", "[]", "LATCHKEY_STUBS: the file must have an object with a key for each stub."],
  ["is larger than 1 MiB", " ".repeat(1_048_577), "LATCHKEY_STUBS: the file may have at most 1 MiB."],
  [
    "has a stub without a body",
    text({ [name]: {} }),
    `"${name}": body is required, except with status 204, 205 or 304.`,
  ],
  [
    "has a body with status 204",
    text({ [name]: { status: 204, body: {} } }),
    `"${name}": body is required, except with status 204, 205 or 304.`,
  ],
  [
    "has a status that does not exist",
    text({ [name]: { status: 600, body: {} } }),
    `"${name}": status must be a number from 200 to 599.`,
  ],
  [
    "has a field with another name",
    text({ [name]: { body: {}, statsu: 404 } }),
    `"${name}": Unrecognized key: "statsu".`,
  ],
  [
    "has a name without method and path",
    text({ "/contacts": { body: {} } }),
    '"/contacts": write GET, POST, PUT, PATCH or DELETE, a space and a path with names in braces, such as GET /orders/{orderId}.',
  ],
  [
    "has more than 1,000 stubs",
    text(Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`GET /a/${n}`, { body: 1 }]))),
    "There may be at most 1000 stubs.",
  ],
])("a file is rejected that %s", async (_, content, message) => {
  rmSync(file, { force: true });
  if (content !== undefined) writeFileSync(file, content);
  await expect(openStubFile(file).readChanged()).rejects.toMatchObject({
    code: "invalid_stub",
    message: `A stub cannot be used. ${message}`,
  });
});

test("a directory is rejected", async () => {
  mkdirSync(join(directory, "folder"));
  await expect(openStubFile(join(directory, "folder")).readChanged()).rejects.toMatchObject({
    message: "A stub cannot be used. LATCHKEY_STUBS: there is no file at this path.",
  });
});

/** Calls the stub with a token of the demo. */
async function query(server: ServerProcess, token: string): Promise<[number, unknown]> {
  const response = await fetch(`${server.url}/contacts/v4/contacts/query`, {
    method: "POST",
    headers: { authorization: token, "content-type": "application/json" },
    body: "{}",
  });
  return [response.status, await response.json()];
}

async function demoToken(server: ServerProcess): Promise<string> {
  const { body } = await managementCaller(server)("POST /dev/demo");
  const response = await fetch(`${server.url}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      ...{ grant_type: "client_credentials", client_id: body.appId, client_secret: body.secret },
      instance_id: body.instanceId,
    }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

test("a server responds as the file defines, reloads it when it changes, and uses its last valid version", async () => {
  writeFileSync(file, text({ [name]: { body: { contacts: [] } } }));
  const server = await startServer({ LATCHKEY_ENV: "development", LATCHKEY_STUBS: file });
  try {
    const token = await demoToken(server);
    expect(await query(server, token)).toEqual([200, { contacts: [] }]);

    writeFileSync(file, text({ [name]: { status: 429, body: { message: "Slow down" } } }));
    expect(await query(server, token)).toEqual([429, { message: "Slow down" }]);

    writeFileSync(file, '{ "POST /stores/v1/products/query": { "body": {} } }');
    expect(await query(server, token)).toEqual([429, { message: "Slow down" }]);
    expect(await query(server, token)).toEqual([429, { message: "Slow down" }]);
    const warnings = () =>
      server.output().split("LATCHKEY_STUBS is not valid; the last valid stubs stay in use");
    await expect.poll(() => warnings().length, { timeout: 20_000 }).toBe(2);
    expect(server.output()).toContain(
      '"POST /stores/v1/products/query": the platform serves POST /stores/v1/products/query',
    );

    writeFileSync(file, text({ [name]: { permission: "WIX_STORES.READ_PRODUCTS", body: [] } }));
    expect(await query(server, token)).toEqual([200, []]);
    writeFileSync(file, "{}");
    const [status, body] = await query(server, token);
    expect([status, JSON.stringify(body)]).toEqual([404, expect.stringContaining("ENDPOINT_NOT_SERVED")]);
  } finally {
    await server.stop();
  }
});

test("a server does not start with a file that is not valid, and says why", async () => {
  writeFileSync(file, text({ "GET /apps/v1/instance": { body: {} } }));
  expect(
    await startInVain({
      LATCHKEY_ENV: "development",
      LATCHKEY_LOG_LEVEL: "warn",
      LATCHKEY_STUBS: file,
    }),
  ).toEqual({
    code: 1,
    output:
      'latchkey: invalid_stub: A stub cannot be used. "GET /apps/v1/instance": the platform serves GET /apps/v1/instance; remove the stub.\n',
  });
});
