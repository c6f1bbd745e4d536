import { hash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { createLegacyApp, type LegacyApp } from "../../testing/support/legacy-app.ts";
import { countOpen, finishMigration, migrateTokens, PlatformClient } from "./index.ts";

const directory = mkdtempSync(join(tmpdir(), "latchkey-migration-"));
let runs = 0;
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Writes the input, runs a migration without a terminal, and reads what it wrote. */
async function migrate(
  app: { appId: string; appSecret: string; apiUrl: string },
  text: string | Buffer,
  files: { output?: string; column?: string } = {},
) {
  runs += 1;
  const input = join(directory, `input-${runs}`);
  const output = files.output ?? join(directory, `output-${runs}`);
  writeFileSync(input, text);
  const client = new PlatformClient(app, 10_000);
  const report = await migrateTokens(client, { input, output, column: files.column }, { write: () => {} });
  const found = Object.entries(report.outcomes).filter(([, count]) => count > 0);
  return { client, report, outcomes: Object.fromEntries(found), text: readFileSync(output, "utf8"), output };
}

describe("on the platform", () => {
  let platform: TestPlatform;
  let legacy: LegacyApp;
  let app: { appId: string; appSecret: string; apiUrl: string };
  const digest = (token: string) => hash("sha256", token, "hex");

  beforeAll(async () => {
    platform = await createTestPlatform();
  });
  beforeEach(async () => {
    legacy = await createLegacyApp(platform);
    app = { appId: legacy.appId, appSecret: legacy.client.client_secret, apiUrl: platform.url };
  });
  afterAll(() => platform.close());

  async function removedToken(): Promise<string> {
    const { siteId } = await platform.createSite();
    const { instanceId } = await platform.install({ appId: legacy.appId, siteId });
    const call = managementCaller(platform);
    const { redirectUrl } = legacy;
    const { body } = await call("POST /dev/codes", { body: { instanceId, redirectUrl } });
    const grant = { grant_type: "authorization_code", code: body.code };
    const { body: tokens } = await legacy.ask("/oauth/access", grant);
    await platform.remove(instanceId);
    return String(tokens.refresh_token);
  }

  test("each row is counted under its reason, and keeps its other columns", async () => {
    const { refresh_token: good } = await legacy.tokens();
    const { refresh_token: foreign } = await (await createLegacyApp(platform)).tokens();
    const removed = await removedToken();
    const rows = [
      ["account", "Refresh Token", "note"],
      ["a", good, '"quoted, and ""so"""'],
      ["b", good, ""],
      ["c", "lkr_unknown", ""],
      ["d", foreign, ""],
      ["e", removed, ""],
      ["f", "", ""],
      ["g", "two words", ""],
    ];
    const csv = `\uFEFF\r\n${rows.map((row) => row.join(",")).join("\r\n")}\r\n\r\n,,\r\n`;
    const { outcomes, output, report, text } = await migrate(app, csv);
    expect(outcomes).toEqual({
      migrated: 1,
      duplicate: 1,
      invalid_token: 1,
      other_app: 1,
      instance_removed: 1,
      invalid_row: 2,
      blank: 2,
    });
    expect(report.rows).toBe(9);
    const { instanceId, siteId } = legacy;
    expect(text.split("\n")).toEqual([
      "account,note,refreshTokenSha256,instanceId,siteId,result,detail",
      `a,"quoted, and ""so""",${digest(good)},${instanceId},${siteId},migrated,`,
      `b,,${digest(good)},${instanceId},${siteId},duplicate,`,
      `c,,${digest("lkr_unknown")},,,invalid_token,400 invalid_grant unknown_refresh_token`,
      `d,,${digest(foreign)},,,other_app,`,
      `e,,${digest(removed)},,,instance_removed,`,
      "f,,,,,invalid_row,",
      "g,,,,,invalid_row,",
      "",
    ]);
    expect(statSync(output).mode & 0o777).toBe(0o600);
    expect(statSync(`${output}.journal`).mode & 0o777).toBe(0o600);
  });

  test("JSON lines keep their members; a list of tokens needs no header; a column can be named", async () => {
    const { refresh_token: token } = await legacy.tokens();
    const json = [`{"user":{"id":7},"refresh_token":"${token}"}`, "{broken", '{"user":1}', ""].join("\n");
    const lines = await migrate(app, `${json}\n`);
    expect(lines.outcomes).toEqual({ migrated: 1, invalid_row: 2, blank: 1 });
    expect(JSON.parse(lines.text.split("\n")[0] ?? "")).toEqual({
      user: { id: 7 },
      refreshTokenSha256: digest(token),
      instanceId: legacy.instanceId,
      siteId: legacy.siteId,
      result: "migrated",
      detail: "",
    });
    expect((await migrate(app, token)).outcomes).toEqual({ migrated: 1 });
    const named = await migrate(app, `token,id\n${token},1\n`, { column: "token" });
    expect(named.outcomes).toEqual({ migrated: 1 });
  });

  test.each<[string, string | Buffer, string]>([
    [
      "no column of refresh tokens",
      "a,b\n1,2\n",
      "No column is named refreshToken. Name the column with --column.",
    ],
    [
      "a JSON array",
      '[{"refreshToken":"a"}]',
      "A JSON array cannot be read in parts. Write one JSON object a line.",
    ],
    ["UTF-16", Buffer.from("\uFEFFrefreshToken\n", "utf16le"), "It is not UTF-8."],
    ["other separators", "account;refreshToken\na;b\n", "The columns of a CSV file are separated by commas."],
    [
      "two columns of refresh tokens",
      "refreshToken,refresh_token\na,b\n",
      "Several columns have refresh tokens. Name one with --column.",
    ],
    [
      "an endless line",
      `refreshToken,a\n"${"x".repeat(70_000)}`,
      "Line 2 is longer than 65536 bytes, or a quote in it is never closed.",
    ],
  ])("refuses a file with %s", async (_, text, why) => {
    await expect(migrate(app, text)).rejects.toMatchObject({
      code: "migration_file_invalid",
      message: expect.stringContaining(why),
    });
  });

  test("refuses a file without the column that is named, also one with a single column", async () => {
    const missing = {
      code: "migration_file_invalid",
      message: expect.stringMatching(/No column is named tokn\.$/),
    };
    for (const text of ["token\na\n", "token,id\na,1\n"]) {
      await expect(migrate(app, text, { column: "tokn" })).rejects.toMatchObject(missing);
    }
  });

  test("a row of JSON that is no object, or has two refresh tokens, is invalid, and none of it is in the output", async () => {
    const json =
      '["lkr_1"]\n"lkr_2"\n{"id":7,"refreshToken":"lkr_3","refresh_token":"lkr_4"}\n{"refreshToken":{"a":1}}\n';
    const { outcomes, text } = await migrate(app, `{"x":1}\n${json}`);
    expect(outcomes).toEqual({ invalid_row: 5 });
    expect(text).not.toMatch(/lkr_|"l"/);
  });

  test("refuses an output that is the input, which stays as it is", async () => {
    const { refresh_token: token } = await legacy.tokens();
    const input = join(directory, `input-${runs + 1}`);
    for (const output of [input, `${directory}/./input-${runs + 2}`]) {
      await expect(migrate(app, token, { output })).rejects.toMatchObject({
        code: "migration_output_unusable",
        message: expect.stringContaining("It is the input."),
      });
    }
    expect(readFileSync(input, "utf8")).toBe(token);
    expect(existsSync(`${input}.journal`)).toBe(false);
  });

  test("refuses a directory that does not exist", async () => {
    const output = join(directory, "missing", "out");
    await expect(migrate(app, "lkr_1", { output })).rejects.toMatchObject({
      code: "migration_output_unusable",
      message: expect.stringContaining(output),
    });
  });

  test("replaces what an earlier run left beside the output, and follows no link there", async () => {
    const { refresh_token: token } = await legacy.tokens();
    const [output, other] = [join(directory, "left"), join(directory, "other")];
    writeFileSync(other, "of somebody else");
    symlinkSync(other, `${output}.part`);
    await migrate(app, token, { output });
    expect(readFileSync(other, "utf8")).toBe("of somebody else");
    writeFileSync(`${output}.part`, "", { mode: 0o644 });
    await migrate(app, token, { output });
    expect(statSync(output).mode & 0o777).toBe(0o600);
  });

  test("refuses a wrong secret at once, and a journal of another app", async () => {
    const { refresh_token: token } = await legacy.tokens();
    const wrong = { ...app, appSecret: "wrong" };
    const output = join(directory, "refused");
    await expect(migrate(wrong, token, { output })).rejects.toMatchObject({ code: "migration_app_refused" });
    const other = { ...app, appId: "11111111-1111-4111-8111-111111111111" };
    await expect(migrate(other, token, { output })).rejects.toMatchObject({
      code: "migration_journal_unusable",
      message: expect.stringContaining("It belongs to another app or platform."),
    });
    expect((await migrate(app, token, { output })).outcomes).toEqual({ migrated: 1 });
  });

  test("the legacy flow ends only when every row is migrated or excused", async () => {
    const { refresh_token: token } = await legacy.tokens();
    const { client, report } = await migrate(app, `${token}\nlkr_unknown\n`);
    const finish = (open: number) => finishMigration(client, platform.adminKey, { open, report });
    await expect(finish(countOpen(report, []))).rejects.toMatchObject({
      code: "migration_incomplete",
      message: expect.stringContaining("1 of 2 rows are neither migrated nor excused"),
    });
    const read = async () => (await managementCaller(platform)(`GET /apps/${app.appId}`)).body.legacy;
    for (const nothing of ["", "refreshToken\n", "lkr_unknown"]) {
      const empty = (await migrate(app, nothing)).report;
      const ended = finishMigration(client, platform.adminKey, { open: 0, report: empty });
      await expect(ended).rejects.toMatchObject({
        code: "migration_incomplete",
        message: expect.stringContaining("No row is migrated."),
      });
    }
    expect(await read()).not.toBe(null);
    await finish(countOpen(report, ["invalid_token"]));
    expect(await read()).toBe(null);
    const grant = { grant_type: "client_credentials", instance_id: legacy.instanceId };
    expect((await legacy.ask("/oauth2/token", grant)).status).toBe(200);
  });

  test("never sends a secret of Latchkey to the public platform, or over http", () => {
    const apiUrl = (url: string) => () => new PlatformClient({ ...app, apiUrl: url }, 1);
    const refused = expect.objectContaining({ code: "invalid_configuration" });
    expect(apiUrl("https://www.wixapis.com")).toThrow(refused);
    expect(apiUrl("http://platform.example")).toThrow(refused);
  });
});

describe("on a platform that replaces refresh tokens and is down for a while", () => {
  let server: Server;
  let app: { appId: string; appSecret: string; apiUrl: string };
  let requests: string[] = [];
  let isDown = false;

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      const { refresh_token: token } = JSON.parse(text) as { refresh_token?: string };
      requests.push(`${request.url} ${token ?? ""}`.trim());
      const isExchange = request.url === "/oauth/access";
      response.statusCode = isDown && !isExchange ? 503 : 200;
      const tokens = { access_token: "access", refresh_token: `${token}+` };
      const info = { active: true, clientId: "app", instanceId: "instance" };
      response.end(JSON.stringify(isExchange ? tokens : { ...info, access_token: "without expires_in" }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    app = { appId: "app", appSecret: "secret of another platform", apiUrl };
  });
  beforeEach(() => {
    requests = [];
  });
  afterAll(() => void server.close());

  test("the new refresh token is stored before the next request, and the next run continues with it", async () => {
    const output = join(directory, "replaced");
    isDown = true;
    const first = await migrate(app, "one", { output });
    expect(first.outcomes).toEqual({ unavailable: 1 });
    expect(first.text.split("\n")[0]).toMatch(/,detail,newRefreshToken$/);
    expect(first.text).toContain(",unavailable,no response of /oauth2/token-info,one+\n");
    isDown = false;
    requests = [];
    const second = await migrate(app, "one", { output });
    expect(second.text).toContain(",instance,,migrated,,one++\n");
    expect(requests).toEqual(["/oauth/access one+", "/oauth2/token-info", "/oauth2/token"]);
    requests = [];
    expect((await migrate(app, "one", { output })).outcomes).toEqual({ migrated: 1 });
    expect(requests).toEqual([]);
  });
});
