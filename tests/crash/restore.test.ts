import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { managementCaller } from "@latchkey/test-support/management-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  freePort,
  type LatchkeyProcess,
  runLatchkey,
  startFailing,
  startLatchkey,
} from "./latchkey-process.ts";
import { createStorage, type Storage } from "./storage.ts";

const outdated =
  "latchkey: database_outdated: The database is older than what this server has seen: it is a backup, or a standby " +
  "that lacks commits. Stop every server and run latchkey restore.\n";

describe.each(["sqlite", "postgres"] as const)("after a backup is restored on %s (FR-B5)", (engine) => {
  let storage: Storage;
  let environment: Record<string, string>;
  let server: LatchkeyProcess;
  let lastSeen: string;
  let audit: string;
  let app: { appId: string; secret: string; secretId: string; other: string };
  let instances: [removed: string, kept: string];

  beforeEach(async () => {
    storage = await createStorage(engine);
    environment = {
      ...storage.environment,
      LATCHKEY_ENV: "development",
      LATCHKEY_ADMIN_KEY: randomBytes(32).toString("base64"),
      LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
      PORT: await freePort(),
      LATCHKEY_RESOURCES: "@latchkey/stores",
      LATCHKEY_LOG_LEVEL: "silent",
    };
    const directory = storage.environment.LATCHKEY_DATA_DIR ?? "";
    lastSeen = join(directory, "last-seen.json");
    audit = join(directory, "audit.jsonl");
    server = await startLatchkey(environment);
    const { appId, secret } = (await call("POST /apps", { name: "App" })) as unknown as {
      appId: string;
      secret: { secretId: string; value: string };
    };
    const other = await call(`POST /apps/${appId}/secrets`, { name: "second" });
    app = { appId, secret: secret.value, secretId: `${other.secretId}`, other: `${other.value}` };
    instances = [await install("One"), await install("Two")];
    await storage.backUp();
  });
  afterEach(async () => {
    await server.kill("SIGKILL");
    await storage.remove();
  });

  async function call(operation: string, body?: object): Promise<Record<string, unknown>> {
    const manage = managementCaller({ url: server.url, adminKey: environment.LATCHKEY_ADMIN_KEY ?? "" });
    const response = await manage(operation, body === undefined ? {} : { body });
    expect(response.status, response.text).toBe(200);
    return { ...response.body };
  }
  async function install(name: string): Promise<string> {
    const { siteId } = await call("POST /sites", { name });
    return `${(await call(`POST /sites/${siteId}/instances`, { appId: app.appId })).instanceId}`;
  }
  async function post(path: string, body: object) {
    const response = await fetch(`${server.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
  const mint = (instanceId: string, client_secret = app.secret) =>
    post("/oauth2/token", {
      grant_type: "client_credentials",
      client_id: app.appId,
      client_secret,
      instance_id: instanceId,
    });
  const isActive = async (token: unknown) => (await post("/oauth2/token-info", { token })).body.active;
  const restart = async (more: Record<string, string> = {}) => {
    server = await startLatchkey({ ...environment, ...more });
  };
  const restoreCommand = (...args: string[]) => runLatchkey(["restore", ...args], environment);
  /** What the backup lacks: a removal, a compromised secret, an install. */
  async function changeAfterBackup(): Promise<void> {
    await call(`DELETE /instances/${instances[0]}`);
    await call(`POST /apps/${app.appId}/secrets/${app.secretId}/compromise`);
    await install("Three");
  }

  test("the start is refused until latchkey restore has run, which names what to repeat", async () => {
    const before = (await mint(instances[1])).body.access_token;
    await changeAfterBackup();
    const exported = await runLatchkey(["audit-export", "--file", audit, "--json"], {
      ...environment,
      LATCHKEY_URL: server.url,
    });
    expect(exported).toMatchObject({ code: 0, stderr: "" });
    const after = (await mint(instances[1])).body.access_token;
    expect(await server.kill("SIGTERM")).toBe(0);
    await storage.restore();
    expect(await startFailing(environment)).toEqual({ code: 1, stderr: outdated });

    const { code, stdout, stderr } = await restoreCommand("--audit", audit, "--disable-apps", "--json");
    expect([code, stderr]).toEqual([0, ""]);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      disabledApps: [app.appId],
      lost: { "instance.installed": 1, "site.created": 1 },
      repeat: [
        {
          action: "instance.removed",
          actor: "admin",
          request: `DELETE /admin/v1/instances/${instances[0]}`,
          details: {},
        },
        {
          action: "app.secret.compromised",
          request: `POST /admin/v1/apps/${app.appId}/secrets/${app.secretId}/compromise`,
        },
      ],
    });
    await restart();
    // Every app is disabled, so nobody gets a token before the list is done.
    expect((await mint(instances[0])).status).toBe(401);
    for (const { request } of report.repeat) await call(request.replace("/admin/v1", ""));
    await call(`PATCH /apps/${app.appId}`, { enabled: true });
    for (const token of [before, after]) expect(await isActive(token)).toBe(false);
    expect((await mint(instances[0])).status).toBe(404);
    expect((await mint(instances[1], app.other)).status).toBe(401);
    expect(await isActive((await mint(instances[1])).body.access_token)).toBe(true);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });

  test("a refresh token stays valid, and its revocation is repeated; a code is not used again", async () => {
    const redirectUrl = "https://app.example/callback";
    await call(`PATCH /apps/${app.appId}`, {
      legacy: { appUrl: "https://app.example/", redirectUrls: [redirectUrl] },
    });
    const codeOf = async (instanceId: string) =>
      `${(await call("POST /dev/codes", { instanceId, redirectUrl })).code}`;
    const client = { client_id: app.appId, client_secret: app.secret };
    const exchange = async (code: string) =>
      await post("/oauth/access", { ...client, grant_type: "authorization_code", code });
    const refresh = async (refresh_token: unknown) =>
      (await post("/oauth/access", { ...client, grant_type: "refresh_token", refresh_token })).status;
    const [revoked, kept] = [
      (await exchange(await codeOf(instances[0]))).body.refresh_token,
      (await exchange(await codeOf(instances[1]))).body.refresh_token,
    ];
    const used = await codeOf(instances[1]);
    await storage.backUp();
    await post("/oauth2/revoke", { ...client, token: revoked });
    await exchange(used);
    const exportEnvironment = { ...environment, LATCHKEY_URL: server.url };
    await runLatchkey(["audit-export", "--file", audit], exportEnvironment);
    await server.kill("SIGTERM");
    await storage.restore();
    const { stdout } = await restoreCommand("--audit", audit, "--json");
    await restart();
    expect(await exchange(used)).toMatchObject({ status: 400, body: { reason: "unknown_code" } });
    expect([await refresh(revoked), await refresh(kept)]).toEqual([200, 200]);
    const { repeat } = JSON.parse(stdout) as { repeat: readonly { request: string }[] };
    expect(repeat.map(({ request }) => request)).toEqual([
      `POST /admin/v1/instances/${instances[0]}/revoke-tokens`,
    ]);
    await call(`POST /instances/${instances[0]}/revoke-tokens`);
    expect([await refresh(revoked), await refresh(kept)]).toEqual([400, 200]);
  });

  test("a token that is newer than the database stops a server that remembers nothing", async () => {
    await changeAfterBackup();
    const token = (await mint(instances[1])).body.access_token;
    expect(await server.kill("SIGTERM")).toBe(0);
    await storage.restore();
    rmSync(lastSeen);
    await restart({ LATCHKEY_DRAIN_DELAY: "3" });
    expect((await post("/oauth2/token-info", { token })).status).toBe(503);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    expect(await server.ended).toEqual({ code: 1, stderr: outdated });
  });

  test("the same backup can be restored twice, and no token of the time between is valid", async () => {
    await changeAfterBackup();
    const tokens: unknown[] = [];
    for (let count = 0; count < 2; count += 1) {
      expect(await server.kill("SIGTERM")).toBe(0);
      await storage.restore();
      // Each generation is higher, also when the file is lost.
      rmSync(lastSeen);
      expect((await restoreCommand()).code).toBe(0);
      await restart();
      for (const token of tokens) expect(await isActive(token)).toBe(false);
      tokens.push((await mint(instances[1])).body.access_token);
    }
    expect(readFileSync(lastSeen, "utf8")).toMatch(/^\{"[\w-]{36}":\{"gen":\d{10},"changes":\d\}\}\n$/);
  });

  test("latchkey restore is refused while a server uses the database", async () => {
    const code = engine === "sqlite" ? "data_directory_in_use" : "database_in_use";
    expect((await restoreCommand()).stderr).toContain(`latchkey: ${code}: `);
    expect((await restoreCommand()).code).toBe(1);
  });

  test("latchkey restore names the line of an export that it cannot read", async () => {
    await server.kill("SIGTERM");
    writeFileSync(audit, '\n{"items":[]}\n');
    const { code, stderr } = await restoreCommand("--audit", audit);
    expect(code).toBe(1);
    expect(stderr).toContain("latchkey: audit_unavailable: The audit log cannot be read. ");
    expect(stderr).toContain("audit.jsonl, line 2 is not an entry of latchkey audit-export.");
  });

  if (engine === "postgres") {
    test("a server that runs meanwhile stops", async () => {
      await changeAfterBackup();
      await storage.restore();
      await expect
        .poll(() =>
          mint(instances[1]).then(
            ({ status }) => status,
            () => 0,
          ),
        )
        .not.toBe(200);
      expect(await server.ended).toEqual({ code: 1, stderr: outdated });
      expect(await startFailing(environment)).toEqual({ code: 1, stderr: outdated });
    });
  }
});
