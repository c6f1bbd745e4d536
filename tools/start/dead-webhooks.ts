import { connect } from "node:net";
import type { Log } from "@latchkey/server";
import type { Management } from "@latchkey/server/dev";

interface Webhook {
  readonly webhookId: string;
  readonly eventType: string;
  readonly url: string;
  readonly state: string;
}

const loopback = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Deletes webhooks of the demo app that a sample created in an earlier run: they are on this machine, failed since their
 * last success, and nothing listens at their address.
 */
export async function removeDeadWebhooks(management: Management, appId: string, log: Log): Promise<void> {
  const { items } = await management.call<{ items: readonly Webhook[] }>("GET", `/apps/${appId}/webhooks`);
  for (const { eventType, state, url, webhookId } of items) {
    if (state !== "failing" || !(await isRefused(new URL(url)))) continue;
    await management.call("DELETE", `/apps/${appId}/webhooks/${webhookId}`);
    log.warn(
      `The webhook ${eventType} -> ${url} is removed: nothing listens there. Create it again with your app.`,
    );
  }
}

/** Whether nothing listens at an address of this machine. */
function isRefused({ hostname, port, protocol }: URL): Promise<boolean> {
  if (!loopback.includes(hostname)) return Promise.resolve(false);
  const host = hostname.replace(/^\[|\]$/g, "");
  const socket = connect(Number(port) || (protocol === "https:" ? 443 : 80), host);
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(false));
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}
