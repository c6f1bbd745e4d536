import type { DemoEnv } from "./demo-env.ts";
import type { Management } from "./management.ts";

/** The demo app on the demo site. */
export interface Demo {
  readonly appId: string;
  readonly appSecret: string;
  /** Base64 of the PEM, which fits on one line of an .env file. */
  readonly publicKey: string;
  readonly siteId: string;
  readonly instanceId: string;
}

/** The platform that was just started. */
interface Started {
  readonly management: Management;
  readonly url: string;
}

const secretName = "Demonstration";

/** Finds or creates the demo: app, site, products, instance, and a secret that works. */
export async function prepareDemo({ management, url }: Started, env: DemoEnv): Promise<Demo> {
  const made = await management.call<Omit<Demo, "appSecret"> & { secret: string | null }>(
    "POST",
    "/dev/demo",
    {},
  );
  const { appId, instanceId, siteId } = made;
  const known = env.APP_ID === appId ? env.APP_SECRET : undefined;
  const works = known !== undefined && (await getsToken(url, { appId, appSecret: known, instanceId }));
  const appSecret = made.secret ?? (works ? known : await newSecret(management, appId));
  const publicKey = Buffer.from(made.publicKey).toString("base64");
  return { appId, appSecret, publicKey, siteId, instanceId };
}

/** Whether a secret still gets tokens; it may have been replaced, or belong to another data directory. */
async function getsToken(
  url: string,
  { appId, appSecret, instanceId }: Pick<Demo, "appId" | "appSecret" | "instanceId">,
): Promise<boolean> {
  const parameters = { grant_type: "client_credentials", client_id: appId, client_secret: appSecret };
  const body = new URLSearchParams({ ...parameters, instance_id: instanceId });
  const { status } = await fetch(`${url}/oauth2/token`, { method: "POST", body });
  return status === 200;
}

/** Creates a secret and deletes earlier ones: a secret cannot be read again, and an app has a limited number. */
async function newSecret(management: Management, appId: string): Promise<string> {
  const secrets = `/apps/${appId}/secrets`;
  const { items } = await management.call<{
    items: readonly { secretId: string; name: string; primary: boolean }[];
  }>("GET", secrets);
  for (const { name, primary, secretId } of items) {
    if (name === secretName && !primary) await management.call("DELETE", `${secrets}/${secretId}`);
  }
  return (await management.call<{ value: string }>("POST", secrets, { name: secretName })).value;
}
