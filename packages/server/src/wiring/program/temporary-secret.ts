import { hours, isoTime, seconds, systemClock } from "../../infrastructure/clock/index.ts";
import { OperatorError } from "../../infrastructure/errors/index.ts";
import type { ManagedPlatform } from "./credentials.ts";

/** A secret of an app for one run of a program. */
export interface TemporarySecret {
  readonly appSecret: string;
  /** Base64 of the PEM. */
  readonly publicKey: string;
  /** Deletes the secret. */
  remove(): Promise<void>;
}

/** A secret that is not removed, because the machine stopped, is valid for this time. */
const lifetimeMs = hours(24);
const timeoutMs = seconds(15);

/**
 * Creates a secret of an app, because the platform does not show existing ones. The key needs the scopes `apps:read` and
 * `apps:write`. Throws `app_unavailable`.
 */
export async function createTemporarySecret(
  platform: ManagedPlatform,
  appId: string,
): Promise<TemporarySecret> {
  const app = `/admin/v1/apps/${encodeURIComponent(appId)}`;
  const { publicKeyBase64 } = await send(platform, `GET ${app}/public-key`);
  const expiresAt = isoTime(systemClock.now() + lifetimeMs);
  const { secretId, value } = await send(platform, `POST ${app}/secrets`, {
    name: "latchkey run",
    expiresAt,
  });
  return {
    appSecret: String(value),
    publicKey: String(publicKeyBase64),
    remove: async () => void (await send(platform, `DELETE ${app}/secrets/${secretId}`)),
  };
}

/** Sends a request to the management API, and returns the body of its response. Throws `app_unavailable`. */
async function send({ key, url }: ManagedPlatform, operation: string, body?: object) {
  const [method = "GET", path = "/"] = operation.split(" ");
  const address = new URL(path, url);
  const timeout = new AbortController();
  const timer = systemClock.after(timeoutMs, () => timeout.abort());
  try {
    const response = await fetch(address, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: "error",
      signal: timeout.signal,
    });
    const received = (await response.json()) as Readonly<Record<string, unknown>>;
    if (response.ok) return received;
    throw new Error(`${response.status} ${String(received.message)}`);
  } catch (cause) {
    throw new OperatorError("app_unavailable", `${method} ${address.href} failed.`, { cause });
  } finally {
    timer.cancel();
  }
}
