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

/** Finds the demonstration, or makes it: app, site, products, instance, and a secret that is known here. */
export async function prepareDemo(management: Management, env: DemoEnv): Promise<Demo> {
  const made = await management.call<Omit<Demo, "appSecret"> & { secret: string | null }>(
    "POST",
    "/dev/demo",
    {},
  );
  const { appId, instanceId, siteId } = made;
  const { state } = await management.call<{ state: string }>("GET", `/instances/${instanceId}`);
  if (state === "removed") await management.call("POST", `/sites/${siteId}/instances`, { appId });
  if (state === "suspended") await management.call("POST", `/instances/${instanceId}/resume`);
  const known = env.APP_ID === appId ? env.APP_SECRET : undefined;
  // The file was lost: a secret cannot be read again, so there is a new one.
  const appSecret = made.secret ?? known ?? (await newSecret(management, appId));
  const publicKey = Buffer.from(made.publicKey).toString("base64");
  return { appId, appSecret, publicKey, siteId, instanceId };
}

async function newSecret(management: Management, appId: string): Promise<string> {
  const secret = { name: "Demonstration" };
  return (await management.call<{ value: string }>("POST", `/apps/${appId}/secrets`, secret)).value;
}
