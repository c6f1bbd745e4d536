import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Write } from "../../infrastructure/database/index.ts";
import type { InstanceParameters } from "../extensions/index.ts";
import type { Instance } from "../instances/index.ts";
import type { LegacyCredentials } from "../tokens/index.ts";
import type { RedirectLimit } from "./redirect-limit.ts";
import { type ReturnTo, withParameters } from "./return-to.ts";

export interface DestinationDependencies {
  readonly clock: Clock;
  readonly redirectLimit: RedirectLimit;
  readonly instanceParameters: InstanceParameters;
  readonly legacy: LegacyCredentials;
  /** The issuer. */
  readonly publicUrl: string;
}

/**
 * The address to which a person returns, with parameters that tell the app its instance and grant. Throws
 * `RESOURCE_EXHAUSTED`, and `MEMBER_NOT_FOUND` for an account that is no member of the site.
 */
export async function destinationOf(
  deps: DestinationDependencies,
  trx: Write,
  { accountId, instance, returnTo }: { returnTo: ReturnTo; instance: Instance; accountId: string },
): Promise<string> {
  if (returnTo.kind === "dashboard") return returnTo.url;
  deps.redirectLimit.count(accountId);
  const { appId, instanceId, siteId } = instance;
  const granted = instance.grant.join(" ");
  if (returnTo.kind === "app-installer") {
    const signed = await deps.instanceParameters.sign(trx, instance, accountId);
    const parameters = { appId, tenantId: siteId, instanceId, signedInstance: signed.instance, granted };
    return withParameters(returnTo.url, parameters);
  }
  const { codeChallenge, state, url } = returnTo;
  const now = deps.clock.now();
  const code = await deps.legacy.issueCode(trx, {
    ...{ appId, instanceId, redirectUrl: url, codeChallenge, now },
  });
  return withParameters(url, { code, state, instanceId, iss: deps.publicUrl, granted });
}
