import { readApp, readAppPublicKey, readPrimarySecret } from "../../features/apps/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import { TestKitError } from "../kit-error.ts";
import { type Served, send } from "./manage.ts";

/** An instance, as `install()` returns it, and the secret of its app. */
export interface InstanceOfApp {
  readonly appId: string;
  readonly instanceId: string;
  /** Default: the primary secret of the app. */
  readonly secret?: string | undefined;
}

/** Credentials of apps and instances. */
export interface Credentials {
  /** The PEM that verifies what the platform signs for an app. Throws `APP_NOT_FOUND`. */
  publicKey(appId: string): Promise<string>;
  /** Requests an access token for an instance. Throws `token_refused`. */
  token(instance: InstanceOfApp): Promise<string>;
  /** The environment variables of a child process that acts as an instance, with the names of Latchkey and of Wix. */
  env(instance: InstanceOfApp): Promise<Record<string, string>>;
}

export function createCredentials(served: Omit<Served, "adminKey">, vault: Vault): Credentials {
  const db = served.platform.database.read;
  const read = async (method: string, instance: InstanceOfApp) => {
    const { appId, instanceId, secret } = instance;
    if (appId === undefined || instanceId === undefined) {
      throw new TestKitError(
        "invalid_option",
        `${method} takes { appId, instanceId }, as install() returns it.`,
      );
    }
    await readApp(db, appId);
    return { appId, instanceId, secret: secret ?? (await readPrimarySecret(db, vault, appId)).value };
  };
  return {
    publicKey: (appId) => readAppPublicKey(db, appId),
    async token(instance) {
      const { appId, instanceId, secret } = await read("token", instance);
      const { json, status } = await send(served, "POST /oauth2/token", {
        body: {
          ...{ grant_type: "client_credentials", client_id: appId },
          ...{ client_secret: secret, instance_id: instanceId },
        },
      });
      const { access_token: token, ...refused } = json as { access_token?: string; error?: string };
      if (status === 200 && token !== undefined) return token;
      throw new TestKitError(
        "token_refused",
        `The token endpoint responded with ${status} ${JSON.stringify(refused)}`,
      );
    },
    async env(instance) {
      const { appId, instanceId, secret } = await read("env", instance);
      const publicKey = Buffer.from(await readAppPublicKey(db, appId)).toString("base64");
      return {
        ...{ LATCHKEY_URL: served.url, APP_ID: appId, APP_SECRET: secret },
        ...{ APP_PUBLIC_KEY: publicKey, INSTANCE_ID: instanceId },
        ...{ WIX_CLIENT_ID: appId, WIX_CLIENT_SECRET: secret },
        ...{ WIX_CLIENT_PUBLIC_KEY: publicKey, WIX_CLIENT_INSTANCE_ID: instanceId },
      };
    },
  };
}
