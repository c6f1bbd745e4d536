import { AppStrategy, createClient } from "@latchkey/sdk";
import { type Credentials, nameOfSite } from "./site-name.ts";

/** Calls the API with the instanceId. */
export async function callAfter(app: Credentials, instanceId: string): Promise<string> {
  return await nameOfSite(createClient({ auth: AppStrategy({ ...app, instanceId }) }));
}
