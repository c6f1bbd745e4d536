import { randomBytes } from "node:crypto";
import type { DemoEnv } from "./demo-env.ts";
import type { Management } from "./management.ts";

/** The demo app on the demo site, and an account that may do everything. */
export interface Demo {
  readonly appId: string;
  readonly appSecret: string;
  /** Base64 of the PEM, which fits on one line of an .env file. */
  readonly publicKey: string;
  readonly siteId: string;
  readonly instanceId: string;
  readonly email: string;
  readonly password: string;
}

/** The platform that was just started. */
interface Started {
  readonly management: Management;
  readonly url: string;
}

const secretName = "Demonstration";
const email = "demo@example.com";

/** Finds or creates the demo: app, site, products, instance, a secret that works, and an account whose password works. */
export async function prepareDemo({ management, url }: Started, env: DemoEnv): Promise<Demo> {
  const made = await management.call<MadeDemo>("POST", "/dev/demo", {});
  const { appId, instanceId, siteId } = made;
  const known = env.APP_ID === appId ? env.APP_SECRET : undefined;
  const works = known !== undefined && (await getsToken(url, { appId, appSecret: known, instanceId }));
  const appSecret = made.secret ?? (works ? known : await newSecret(management, appId));
  const publicKey = Buffer.from(made.publicKey).toString("base64");
  const password = await preparePassword({ management, url }, { siteId, known: env.DASHBOARD_PASSWORD });
  return { appId, appSecret, publicKey, siteId, instanceId, email, password };
}

/** The variables of a demo on a server. */
export function demoEnvOf(demo: Demo, { adminKey, url }: { adminKey: string; url: string }): DemoEnv {
  return {
    LATCHKEY_URL: url,
    LATCHKEY_ADMIN_KEY: adminKey,
    APP_ID: demo.appId,
    APP_SECRET: demo.appSecret,
    APP_PUBLIC_KEY: demo.publicKey,
    INSTANCE_ID: demo.instanceId,
    SITE_ID: demo.siteId,
    DASHBOARD_EMAIL: demo.email,
    DASHBOARD_PASSWORD: demo.password,
  };
}

interface MadeDemo extends Pick<Demo, "appId" | "publicKey" | "siteId" | "instanceId"> {
  readonly secret: string | null;
}

/** Finds or creates the account, which owns the site too. Returns its password: the known one, or a new one. */
async function preparePassword(
  { management, url }: Started,
  { known, siteId }: { known: string | undefined; siteId: string },
): Promise<string> {
  if (known !== undefined && (await signsIn(url, known))) return known;
  const password = randomBytes(18).toString("base64url");
  const { items } = await management.call<{ items: readonly { accountId: string }[] }>(
    "GET",
    `/accounts?email=${email}`,
  );
  const flags = { isDeveloper: true, isOperator: true };
  const [existing] = items;
  const { accountId } =
    existing === undefined
      ? await management.call<{ accountId: string }>("POST", "/accounts", {
          ...{ email, password, name: "Demo Operator" },
          ...flags,
        })
      : existing;
  if (existing)
    await management.call("PATCH", `/accounts/${accountId}`, { password, disabled: false, ...flags });
  await management.call("PUT", `/sites/${siteId}/members/${accountId}`, { role: "OWNER" });
  return password;
}

/** Whether a password still signs in; the account may have been changed, or belong to another data directory. */
async function signsIn(url: string, password: string): Promise<boolean> {
  const body = new URLSearchParams({ email, password });
  const headers = { origin: url };
  const { status } = await fetch(`${url}/sign-in`, { method: "POST", redirect: "manual", headers, body });
  return status === 303;
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
