import { randomBytes, randomUUID } from "node:crypto";
import { ApiKeyUsage, createAuthenticate } from "../../features/api-keys/index.ts";
import { Apps, generateAppKey } from "../../features/apps/index.ts";
import { AuditLog } from "../../features/audit/index.ts";
import { Counts } from "../../features/counts/index.ts";
import { EventLog } from "../../features/events/index.ts";
import { Instances } from "../../features/instances/index.ts";
import { KeyRing } from "../../features/signing-keys/index.ts";
import { ContentWork, Sites } from "../../features/sites/index.ts";
import {
  FailedAuthentications,
  oauthRoutes,
  ParsedTokenCache,
  ResponsePace,
  type TokenDependencies,
  TokenQueries,
  TokenUsage,
} from "../../features/tokens/index.ts";
import type { Clock } from "../../infrastructure/clock/index.ts";
import { parseMasterKeys, Vault } from "../../infrastructure/crypto/index.ts";
import { createIds, type Database } from "../../infrastructure/database/index.ts";
import { createLog, createMetrics } from "../../infrastructure/observability/index.ts";
import { createRouter } from "../../infrastructure/routes/index.ts";
import { bootstrap, migrateAll } from "../../wiring/bootstrap.ts";

/** The OAuth endpoints on the database of a test, and an installed app that uses them. */
export interface TestTokens {
  readonly client: { readonly appId: string; readonly secret: string; readonly instanceId: string };
  readonly instances: Instances;
  /** POSTs JSON to one of the endpoints. */
  ask(path: string, body: object): Promise<Response>;
}

const actor = { name: "test", requestId: "" };
const issuer = "https://latchkey.example";

/**
 * Creates the OAuth endpoints without a platform, so that a test can observe their dependencies or make them fail.
 *
 * @param override returns the dependencies that the endpoints use
 */
export async function createTestTokens(
  { clock, database }: { clock: Clock; database: Database },
  override: (deps: TokenDependencies) => TokenDependencies = (deps) => deps,
): Promise<TestTokens> {
  const masterKeys = parseMasterKeys([1, 2].map(() => randomBytes(32).toString("hex")).join(","));
  const vault = new Vault(masterKeys, randomBytes);
  const ids = createIds({ clock, randomUuid: randomUUID });
  const metrics = createMetrics();
  const log = createLog("silent");
  const infrastructure = {
    clock,
    database,
    ids,
    random: randomBytes,
    vault,
    log,
    metrics,
    development: true,
  };
  await migrateAll(infrastructure);
  await bootstrap(infrastructure);
  const audit = new AuditLog(infrastructure);
  const events = new EventLog({ ...infrastructure, maxBytesPerApp: 1_000_000 });
  const contentWork = new ContentWork(infrastructure);
  const instances = new Instances({ ...infrastructure, audit, events, contentWork, publicUrl: issuer });
  const routes = createRouter(
    oauthRoutes(
      override({
        ...infrastructure,
        audit,
        instances,
        issuer,
        queries: new TokenQueries(database, masterKeys.ids.length),
        keyRing: new KeyRing(database, vault),
        parsedTokens: new ParsedTokenCache(100),
        responsePace: new ResponsePace(),
        failedAuthentications: new FailedAuthentications({ clock }),
        usage: new TokenUsage(infrastructure),
        counts: new Counts(infrastructure),
      }),
      createAuthenticate({
        ...infrastructure,
        keyUsage: new ApiKeyUsage(infrastructure),
        adminKey: "no-key-of-these-tests",
      }),
    ),
  );
  const key = await generateAppKey();
  const client = await database.write(async (trx) => {
    const apps = new Apps({ ...infrastructure, audit, appInstances: instances.approvals });
    const app = await apps.create(trx, actor, { name: "App", key });
    const sites = new Sites({ ...infrastructure, ...instances, audit, events, contentWork, content: [] });
    const { siteId } = await sites.create(trx, actor, { name: "Site" });
    const { instanceId } = await instances.install(trx, actor, { appId: app.appId, siteId });
    return { appId: app.appId, secret: app.secret.value, instanceId };
  });
  return {
    client,
    instances,
    async ask(path, body) {
      const headers = { "content-type": "application/json" };
      const request = new Request(issuer + path, { method: "POST", headers, body: JSON.stringify(body) });
      return await routes(request, { requestId: ids.guid(), clientAddress: "127.0.0.1" });
    },
  };
}
