import { OperatorError } from "../../infrastructure/errors/index.ts";
import type { Journal, JournalEntry, Result } from "./journal.queries.ts";
import type { PlatformClient, Reply } from "./platform-client.ts";

/**
 * Migrates one refresh token: exchanges it, asks token-info for the instance, and checks that the instance gets a token
 * with client_credentials. Throws `migration_app_refused` when the platform refuses the app itself.
 */
export async function migrateToken(
  client: PlatformClient,
  journal: Journal,
  token: { readonly refreshToken: string; readonly digest: string; readonly entry: JournalEntry },
): Promise<Result> {
  const { appId, appSecret } = client.app;
  const credentials = { client_id: appId, client_secret: appSecret };
  const current = token.entry.newRefreshToken ?? token.refreshToken;
  const exchanged = await client.send("/oauth/access", {
    body: { refresh_token: current, ...credentials, grant_type: "refresh_token" },
  });
  if (exchanged === undefined) return unavailable("/oauth/access");
  const { access_token: accessToken, refresh_token: next } = exchanged.body;
  if (typeof next === "string" && next !== "" && next !== current) journal.replace(token.digest, next);
  if (exchanged.status !== 200 || typeof accessToken !== "string") {
    return await whyRefused(client, current, exchanged);
  }

  const info = await client.send("/oauth2/token-info", { body: { token: accessToken } });
  if (info === undefined) return unavailable("/oauth2/token-info");
  const { clientId, instanceId, siteId } = info.body;
  if (typeof instanceId !== "string") return { outcome: "no_instance", detail: describe(info) };
  if (clientId !== undefined && clientId !== appId) return { outcome: "other_app" };
  const found = { instanceId, siteId: typeof siteId === "string" ? siteId : undefined };

  const verified = await client.send("/oauth2/token", {
    body: { instance_id: instanceId, ...credentials, grant_type: "client_credentials" },
  });
  if (verified === undefined) return unavailable("/oauth2/token");
  const isToken = verified.status === 200 && typeof verified.body.access_token === "string";
  return isToken
    ? { outcome: "migrated", ...found }
    : { outcome: "client_credentials_refused", detail: describe(verified), ...found };
}

/** Distinguishes a token that is wrong from an app that is refused with every token. */
async function whyRefused(client: PlatformClient, refreshToken: string, reply: Reply): Promise<Result> {
  const { error, reason } = reply.body;
  if (error === "invalid_client" || error === "unauthorized_client" || reply.status === 401) {
    throw new OperatorError("migration_app_refused", `POST /oauth/access returned ${describe(reply)}.`);
  }
  // Latchkey tells the reason for tokens of the app itself.
  if (reason === "instance_removed") return { outcome: reason };
  const info = await client.send("/oauth2/token-info", { body: { token: refreshToken } });
  if (info === undefined) return unavailable("/oauth2/token-info");
  const { active, clientId } = info.body;
  const isOthers = active === true && clientId !== undefined && clientId !== client.app.appId;
  if (isOthers) return { outcome: "other_app" };
  // Without this code, the reply may be of a proxy.
  const outcome = error === "invalid_grant" ? "invalid_token" : "exchange_refused";
  return { outcome, detail: describe(reply) };
}

function unavailable(path: string): Result {
  return { outcome: "unavailable", detail: `no response of ${path}` };
}

/** Status, error code and reason: never the text of a response, which may contain anything. */
function describe({ body: { error, reason }, status }: Reply): string {
  const codes = [error, reason].filter((code) => typeof code === "string" && /^\w{1,40}$/.test(code));
  return [status, ...codes].join(" ");
}
