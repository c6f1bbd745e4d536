import { randomBytes } from "node:crypto";
import { apiKeyPrefix, formatSecret } from "@latchkey/protocol";
import { freePort } from "../../tools/free-port.ts";
import { type Child, startChild } from "../processes/child.ts";
import type { Storage } from "./storage.ts";

/** The built server in production mode, in its own process. */
export interface Platform {
  readonly url: string;
  readonly child: Child;
  /** Milliseconds from the start of the process to the first 200 of `/readyz`. */
  readonly readyMs: number;
  /** The metrics in the text format of Prometheus. */
  metrics(): Promise<string>;
  /** Sends a GET to the management API. Throws for any status but 200. */
  read<Body>(path: string): Promise<Body>;
  /** Sends a POST to the management API. Throws for any status but 200. */
  manage<Body>(path: string, body: object): Promise<Body>;
  stop(): Promise<void>;
}

const entry = new URL("../../packages/server/dist/main.js", import.meta.url);
const adminKey = formatSecret(randomBytes(32), apiKeyPrefix);
const encryptionKey = randomBytes(32).toString("base64");
/** A fixed name, so that several processes on one database have one issuer. */
export const publicUrl = "http://127.0.0.1:4400";
const readyTimeoutMs = 30_000;

/** Starts the server on a database and waits until it is ready. Throws its stderr when it ends before. */
export async function startPlatform(
  storage: Storage,
  env: Readonly<Record<string, string>> = {},
): Promise<Platform> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const started = performance.now();
  const child = startChild(entry, {
    core: "server",
    env: {
      PORT: String(port),
      HOST: "127.0.0.1",
      NODE_ENV: "production",
      LATCHKEY_ENV: "production",
      LATCHKEY_CONFIRM_WEBHOOKS: "off",
      LATCHKEY_PUBLIC_URL: publicUrl,
      LATCHKEY_RESOURCES: "@latchkey/stores",
      LATCHKEY_DATA_DIR: storage.directory,
      DATABASE_URL: storage.url,
      LATCHKEY_ADMIN_KEY: adminKey,
      LATCHKEY_ENCRYPTION_KEY: encryptionKey,
      ...env,
    },
  });
  const readyMs = (await untilReady(url, child)) - started;
  return {
    url,
    child,
    readyMs,
    async metrics() {
      const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${adminKey}` } });
      return await response.text();
    },
    read: (path) => management(`${url}/admin/v1${path}`, {}),
    manage: (path, body) =>
      management(`${url}/admin/v1${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    stop: () => child.stop(),
  };
}

async function management<Body>(url: string, init: RequestInit): Promise<Body> {
  const headers = { ...init.headers, authorization: `Bearer ${adminKey}` };
  const response = await fetch(url, { ...init, headers });
  if (response.status !== 200) throw new Error(`${init.method ?? "GET"} ${url} returned ${response.status}.`);
  return (await response.json()) as Body;
}

async function untilReady(url: string, child: Child): Promise<number> {
  let failure: string | undefined;
  void child.ended.then((stderr) => {
    failure = stderr;
  });
  for (const limit = performance.now() + readyTimeoutMs; performance.now() < limit; ) {
    if (failure !== undefined) throw new Error(`The server ended before it was ready: ${failure}`);
    const status = await fetch(`${url}/readyz`).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
    if (status === 200) return performance.now();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error("The server was not ready in time.");
}
