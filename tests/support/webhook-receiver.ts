import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A received delivery. */
export interface ReceivedDelivery {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The JWT. */
  readonly body: string;
  /** The claims of the JWT, unverified. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** The content of `data`. */
  readonly message: Readonly<Record<string, unknown>> & {
    readonly eventType: string;
    readonly instanceId: string;
  };
  /** The content of its `data`. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Responds to a request, or leaves it open. */
export type Respond = (response: ServerResponse, delivery: ReceivedDelivery) => void;

/** An endpoint for webhooks on loopback. */
export interface WebhookReceiver {
  readonly url: string;
  readonly received: readonly ReceivedDelivery[];
  /** Sets the response. Default: 200. */
  respond: Respond;
  /** Resolves after `count` deliveries in total. */
  waitFor(count: number): Promise<readonly ReceivedDelivery[]>;
  close(): Promise<void>;
}

/** Responds with only a status. */
export const respondWith =
  (status: number, headers: Readonly<Record<string, string>> = {}): Respond =>
  (response) =>
    void response.writeHead(status, headers).end();

/** Starts an endpoint that records deliveries. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedDelivery[] = [];
  const server = createServer(async (request, response) => {
    const delivery = await readDelivery(request);
    received.push(delivery);
    receiver.respond(response, delivery);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    respond: respondWith(200),
    async waitFor(count) {
      await eventually(
        () => received.length >= count,
        () => `${received.length} of ${count} arrived`,
      );
      return received;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

const patienceMs = 30_000;

/** Waits for a condition. Fails after 30 seconds without progress, with the progress in the message. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  progress: () => string = () => "it never held",
): Promise<void> {
  let end = Date.now() + patienceMs;
  let seen = progress();
  while (!(await condition())) {
    // Waits as long as requests keep arriving, because machines may be slow.
    if (progress() !== seen) end = Date.now() + patienceMs;
    seen = progress();
    if (Date.now() > end) throw new Error(`Waited for ${patienceMs} ms: ${seen}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function readDelivery(request: IncomingMessage): Promise<ReceivedDelivery> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  const claims = JSON.parse(Buffer.from(body.split(".")[1] ?? "", "base64url").toString());
  const message = JSON.parse(claims.data);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  return { path: request.url ?? "", headers, body, claims, message, payload: JSON.parse(message.data) };
}
