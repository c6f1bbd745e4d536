import type { DemoEnv } from "./demo-env.ts";
import type { Management } from "./management.ts";

/** The demonstration app on the demonstration site. */
export interface Demo {
  readonly appId: string;
  readonly appSecret: string;
  /** Base64 of the PEM, which survives every .env file. */
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

/** Finds the demonstration, or makes it: app, site, products, instance, and a secret that is known here and works. */
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

/** Whether a secret still opens the platform; it may have been replaced, or be of another data directory. */
async function getsToken(
  url: string,
  { appId, appSecret, instanceId }: Pick<Demo, "appId" | "appSecret" | "instanceId">,
): Promise<boolean> {
  const parameters = { grant_type: "client_credentials", client_id: appId, client_secret: appSecret };
  const body = new URLSearchParams({ ...parameters, instance_id: instanceId });
  const { status } = await fetch(`${url}/oauth2/token`, { method: "POST", body });
  return status === 200;
}

/** A secret cannot be read again, so those that were made here before go: an app has only so many. */
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
