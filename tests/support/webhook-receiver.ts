import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A delivery as it arrived. */
export interface Arrival {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The JWT. */
  readonly body: string;
  /** The claims of the JWT, unverified. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** What `data` holds. */
  readonly message: Readonly<Record<string, unknown>> & {
    readonly eventType: string;
    readonly instanceId: string;
  };
  /** What its `data` holds. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Answers a request, or leaves it open. */
export type AnswerArrival = (response: ServerResponse, arrival: Arrival) => void;

/** An endpoint for webhooks on loopback. */
export interface WebhookReceiver {
  readonly url: string;
  readonly arrivals: readonly Arrival[];
  /** How it answers from now on; 200 at first. */
  answer: AnswerArrival;
  /** Resolves once there are `count` arrivals in all. */
  arrived(count: number): Promise<readonly Arrival[]>;
  close(): Promise<void>;
}

/** Answers with a status and nothing else. */
export const answerWith =
  (status: number, headers: Readonly<Record<string, string>> = {}): AnswerArrival =>
  (response) =>
    void response.writeHead(status, headers).end();

/** Starts an endpoint that keeps what arrives. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const arrivals: Arrival[] = [];
  const server = createServer(async (request, response) => {
    const arrival = await readArrival(request);
    arrivals.push(arrival);
    receiver.answer(response, arrival);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    answer: answerWith(200),
    async arrived(count) {
      await eventually(
        () => arrivals.length >= count,
        () => `${arrivals.length} of ${count} arrived`,
      );
      return arrivals;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

const patienceMs = 30_000;

/** Waits until a condition holds; fails after half a minute without progress, saying how far it got. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  progress: () => string = () => "it never held",
): Promise<void> {
  let end = Date.now() + patienceMs;
  let seen = progress();
  while (!(await condition())) {
    // A slow machine may take as long as it likes, while it gets on.
    if (progress() !== seen) end = Date.now() + patienceMs;
    seen = progress();
    if (Date.now() > end) throw new Error(`Waited for ${patienceMs} ms: ${seen}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function readArrival(request: IncomingMessage): Promise<Arrival> {
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
