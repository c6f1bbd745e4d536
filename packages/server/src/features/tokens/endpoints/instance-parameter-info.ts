import {
  importInstanceKey,
  readInstanceParameter,
  type TokenInfo,
  unverifiedAppId,
} from "@latchkey/protocol";
import type { Queries } from "../../../infrastructure/database/index.ts";
import { readLiveSecrets } from "../../apps/index.ts";
import type { TokenDependencies } from "../token-dependencies.ts";

/**
 * What token-info says of the `instance` parameter of a page (wire §2, 6): that it is one of an installed instance of
 * its app. Nothing of its user, for the app has the key that signs it and could name anybody.
 *
 * @returns undefined when the text is no such parameter
 */
export async function instanceParameterInfo(
  { clock, database, vault }: TokenDependencies,
  text: string,
): Promise<TokenInfo | undefined> {
  const appId = unverifiedAppId(text);
  if (appId === undefined) return undefined;
  const now = clock.now();
  const secrets = await readLiveSecrets(database.read, vault, { appId, now });
  const keys = await Promise.all(secrets.map((secret) => importInstanceKey(secret.value)));
  const read = await readInstanceParameter(text, { keys, now });
  if ("reason" in read) return { active: false };
  const { expirationDate, instanceId, signDate } = read.parameter;
  if (signDate === undefined || expirationDate === undefined) return { active: false };
  const instance = await findInstalled(database.read, { appId, instanceId: instanceId.toLowerCase() });
  if (instance === undefined) return { active: false };
  return {
    active: true,
    subjectType: "UNKNOWN",
    exp: secondsOf(expirationDate),
    iat: secondsOf(signDate),
    clientId: appId,
    siteId: instance.site_id,
    instanceId: instance.instance_id,
  };
}

/** An instance of the app that is installed, while the app is enabled. */
async function findInstalled(db: Queries, { appId, instanceId }: { appId: string; instanceId: string }) {
  return await db
    .selectFrom("instances as i")
    .innerJoin("apps as a", "a.app_id", "i.app_id")
    .select(["i.instance_id", "i.site_id"])
    .where("i.instance_id", "=", instanceId)
    .where("i.app_id", "=", appId)
    .where("i.state", "=", "installed")
    .where("a.enabled", "=", 1)
    .where("a.deleted_at", "is", null)
    .executeTakeFirst();
}

function secondsOf(time: string): string {
  return String(Math.floor(Date.parse(time) / 1_000));
}
