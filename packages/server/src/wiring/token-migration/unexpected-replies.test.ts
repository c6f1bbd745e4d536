import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { finishMigration, migrateTokens, PlatformClient } from "./index.ts";

interface Sent {
  readonly status: number;
  readonly body: string | object;
  readonly headers?: Record<string, string>;
}

/** What a platform without faults sends. */
const good: Readonly<Record<string, Sent>> = {
  "/oauth/access": { status: 200, body: { access_token: "access", refresh_token: "token" } },
  "/oauth2/token-info": { status: 200, body: { active: true, clientId: "app", instanceId: "instance" } },
  "/oauth2/token": { status: 200, body: { access_token: "access" } },
};

const nothing: Sent = { status: 404, body: "Not found" };

describe("a platform behind a proxy", () => {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-migration-"));
  const input = join(directory, "input");
  const output = join(directory, "output");
  let server: Server;
  let client: PlatformClient;
  let faults: Readonly<Record<string, Sent>>;
  let requests: number;

  beforeAll(async () => {
    server = createServer((request, response) => {
      requests += 1;
      request.resume();
      const { body, headers = {}, status } = faults[request.url ?? ""] ?? good[request.url ?? ""] ?? nothing;
      response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = new PlatformClient({ appId: "app", appSecret: "secret", apiUrl }, 10_000);
  });
  beforeEach(() => {
    rmSync(`${output}.journal`, { force: true });
    faults = {};
    requests = 0;
  });
  afterAll(() => {
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function migrate(text: string) {
    writeFileSync(input, text);
    const report = await migrateTokens(client, { input, output }, { write: () => {} });
    const found = Object.entries(report.outcomes).filter(([, count]) => count > 0);
    return { report, outcomes: Object.fromEntries(found), text: readFileSync(output, "utf8") };
  }

  test.each<[string, string, Sent, string]>([
    ["/oauth/access", "a page", { status: 200, body: "<html>Sign in</html>" }, "exchange_refused,200"],
    ["/oauth/access", "403", { status: 403, body: "<html>Blocked</html>" }, "exchange_refused,403"],
    ["/oauth/access", "404", nothing, "exchange_refused,404"],
    ["/oauth2/token-info", "403", { status: 403, body: {} }, "no_instance,403"],
    ["/oauth2/token", "403", { status: 403, body: {} }, "client_credentials_refused,403"],
  ])("%s returns %s: reported, and tried again by the next run", async (path, _, sent, row) => {
    faults = { [path]: sent };
    expect((await migrate("token")).text).toContain(`,${row}\n`);
    faults = {};
    expect((await migrate("token")).outcomes).toEqual({ migrated: 1 });
  });

  test("a token that the platform itself refuses is not tried again", async () => {
    faults = { "/oauth/access": { status: 400, body: { error: "invalid_grant" } } };
    expect((await migrate("token")).text).toContain(",invalid_token,400 invalid_grant\n");
    requests = 0;
    expect((await migrate("token")).outcomes).toEqual({ invalid_token: 1 });
    expect(requests).toBe(0);
  });

  test("stops when the platform responds to none of 256 tokens", async () => {
    faults = { "/oauth/access": { status: 503, body: "", headers: { "retry-after": "0" } } };
    const tokens = Array.from({ length: 600 }, (_, index) => `token-${index}`);
    expect((await migrate(tokens.join("\n"))).outcomes).toEqual({ unavailable: 600 });
    expect(requests).toBe(4 * 256);
  });

  test("a token that never gets a response does not stop the others", async () => {
    faults = { "/oauth/access": { status: 503, body: "", headers: { "retry-after": "0" } } };
    await migrate("first");
    faults = {};
    const others = Array.from({ length: 255 }, (_, index) => `token-${index}`);
    await migrate(others.join("\n"));
    faults = { "/oauth/access": { status: 503, body: "", headers: { "retry-after": "0" } } };
    requests = 0;
    const { outcomes } = await migrate(["first", ...others, "next"].join("\n"));
    expect(outcomes).toEqual({ migrated: 255, unavailable: 2 });
    expect(requests).toBe(4 * 2);
  });

  test("does not end the legacy flow when a page is returned in place of the app", async () => {
    const { report } = await migrate("token");
    faults = { "/admin/v1/apps/app": { status: 200, body: "<html>Sign in</html>" } };
    await expect(finishMigration(client, "key", { open: 0, report })).rejects.toMatchObject({
      code: "migration_not_finished",
    });
  });
});
