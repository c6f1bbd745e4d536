import { managementCaller } from "@latchkey/test-support/management-client";
import { requestToken } from "@latchkey/test-support/request-token";
import type { TestPlatform } from "../index.ts";
import { type Ids, populate } from "./sweep-objects.ts";

/** Everything that can be found: objects by their ids, and what else belongs to them. */
export interface Findable {
  readonly ids: Ids;
  /** Of the app: its first and its second secret. Then the value of an API key. */
  readonly secrets: readonly string[];
  /** An access token of the instance. */
  readonly token: string;
  /** The `x-request-id` of a request with a wrong App secret. */
  readonly refusedId: string;
  /** The `x-request-id` of the request that gave the site the external id `tenant 1/a`. */
  readonly changeId: string;
}

/** Creates one of each object, a token, a refused request and a change. Moves the clock by 5 seconds. */
export async function createFindable(platform: TestPlatform): Promise<Findable> {
  const { ids, secrets } = await populate(platform, "Victim");
  const [secret = ""] = secrets;
  const { appId = "", instanceId = "", siteId } = ids;
  const token = await requestToken(platform.url, { appId, secret, instanceId });
  const refused = await fetch(`${platform.url}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      ...{ grant_type: "client_credentials", client_id: appId, instance_id: instanceId },
      client_secret: "wrong",
    }),
  });
  const body = { externalId: "tenant 1/a" };
  const change = await managementCaller(platform)(`PATCH /sites/${siteId}`, { body });
  await platform.clock.advance(5_000);
  const requestIdOf = ({ headers }: { headers: Headers }) => String(headers.get("x-request-id"));
  return { ids, secrets, token, refusedId: requestIdOf(refused), changeId: requestIdOf(change) };
}
