import { randomBytes, randomUUID } from "node:crypto";
import { createAuthenticate, createKeyUsage } from "../features/api-keys/index.ts";
import { createApps, generateAppKey } from "../features/apps/index.ts";
import { createAuditLog } from "../features/audit/index.ts";
import { EventLog } from "../features/events/index.ts";
import { createInstances, type Instances } from "../features/instances/index.ts";
import { createKeyRing } from "../features/signing-keys/index.ts";
import { createSites } from "../features/sites/index.ts";
import {
  createSignatureCache,
  createTokenStore,
  createTokenUsage,
  oauthRoutes,
  type TokenDependencies,
} from "../features/tokens/index.ts";
import type { Clock } from "../infrastructure/clock/index.ts";
import { createVault, parseMasterKeys } from "../infrastructure/crypto/index.ts";
import { createIds, type Database } from "../infrastructure/database/index.ts";
import { createLog, createMetrics } from "../infrastructure/observability/index.ts";
import { createRouter } from "../infrastructure/routes/index.ts";
import { initialise } from "../wiring/bootstrap.ts";

/** The OAuth endpoints on a database that a test brings, and an app on a site that uses them. */
export interface TestTokens {
  readonly client: { readonly appId: string; readonly secret: string; readonly instanceId: string };
  readonly instances: Instances;
  /** POSTs JSON to one of the endpoints. */
  ask(path: string, body: object): Promise<Response>;
}

const actor = { name: "test", requestId: "" };
const issuer = "https://latchkey.example";

/**
 * Puts the OAuth endpoints together by hand, so that a test can watch their parts or let them fail.
 *
 * @param watched gets the parts, and answers those that the endpoints are given
 */
export async function createTestTokens(
  { clock, database }: { clock: Clock; database: Database },
  watched: (deps: TokenDependencies) => TokenDependencies = (deps) => deps,
): Promise<TestTokens> {
  const masterKeys = parseMasterKeys([1, 2].map(() => randomBytes(32).toString("hex")).join(","));
  const vault = createVault(masterKeys, randomBytes);
  const ids = createIds({ clock, randomUuid: randomUUID });
  const metrics = createMetrics();
  const ground = { clock, database, ids, random: randomBytes, vault, log: createLog("silent"), metrics };
  await initialise(ground);
  const audit = createAuditLog(ground);
  const events = new EventLog(ground);
  const instances = createInstances({ ...ground, audit, events });
  const routes = createRouter(
    oauthRoutes(
      watched({
        ...ground,
        issuer,
        store: createTokenStore(database, masterKeys.ids.length),
        keyRing: createKeyRing(database, vault),
        signatures: createSignatureCache(100),
        usage: createTokenUsage(ground),
      }),
      createAuthenticate({ ...ground, keyUsage: createKeyUsage(ground), adminKey: "no-key-of-these-tests" }),
    ),
  );
  const key = await generateAppKey();
  const client = await database.write(async (trx) => {
    const app = await createApps({ ...ground, audit }).create(trx, actor, { name: "App", key });
    const sites = createSites({ ...ground, audit, events, content: [] });
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
