import { randomBytes } from "node:crypto";
import { managementCaller } from "@latchkey/test-support/management-client";
import { startServer } from "@latchkey/test-support/server-process";
import { type Credentials, createTarget, manageProducts, readProducts } from "./target.ts";

/** A server with an app on a site. */
export interface RemoteTarget extends Credentials {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The two HTTP stacks of the platform: a production process replaces `Request` and `Response` of Node by faster
 * versions, the test kit does not. Both must behave the same.
 */
export const bothStacks: readonly (readonly [string, () => Promise<RemoteTarget>])[] = [
  ["on the test kit", startTestKit],
  ["on a process in production", startProduction],
];

async function startTestKit(): Promise<RemoteTarget> {
  const target = await createTarget();
  return { ...target, close: () => target.platform.close() };
}

async function startProduction(): Promise<RemoteTarget> {
  const server = await startServer({
    LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    LATCHKEY_DRAIN_DELAY: "0",
  });
  const call = managementCaller(server);
  const app = await call("POST /apps", {
    body: {
      name: "Test App",
      scopes: [readProducts, { scopeId: manageProducts, optional: true }],
    },
  });
  const { appId } = app.body;
  const { siteId } = (await call("POST /sites", { body: { name: "Test Site" } })).body;
  const body = { appId, grant: [readProducts] };
  const { instanceId } = (await call(`POST /sites/${siteId}/instances`, { body })).body;
  const secret = (app.body.secret as { value: string }).value;
  return { url: server.url, appId, secret, instanceId, close: server.stop };
}
