import {
  importInstanceKey,
  readInstanceParameter,
  type TokenInfo,
  unverifiedAppId,
} from "@latchkey/protocol";
import { readLiveSecrets } from "../../apps/index.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import { findInstalled } from "../tokens.queries.ts";

/**
 * Describes the `instance` parameter of a page (wire §2, 6): its app and its instance. Never its user, because the app
 * has the key that signs it and could name any user.
 *
 * @returns undefined when the text is not such a parameter
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
    exp: epochSeconds(expirationDate),
    iat: epochSeconds(signDate),
    clientId: appId,
    siteId: instance.site_id,
    instanceId: instance.instance_id,
  };
}

function epochSeconds(time: string): string {
  return String(Math.floor(Date.parse(time) / 1_000));
}
