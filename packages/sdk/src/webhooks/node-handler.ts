import { LatchkeyError } from "../errors.ts";
import { bufferResponse } from "../http/attempt.ts";
import { errorResponseFor } from "./webhook-response.ts";

/** The part of a `node:http` request that the handler uses. In Express, a body parser adds `body`. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** The URL before Express removed the path of a router. */
  readonly originalUrl?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: unknown;
}

/** The part of a `node:http` response that the handler uses. */
export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(body: string): unknown;
}

/**
 * Converts `app.fetch` to a request handler for `node:http` and Express. In Express, mount it before all body
 * parsers, or after `express.text` for all types. If `fetch` throws, the response is 401 for a request that is not
 * valid, else 500.
 *
 * @example
 * import { createServer } from "node:http";
 * import { createApp, nodeHandler } from "@latchkey/sdk";
 *
 * const app = createApp({ appId: "<APP_ID>", appSecret: "<APP_SECRET>" });
 * createServer(nodeHandler(app.fetch)).listen(3000, "127.0.0.1");
 */
export function nodeHandler(
  fetch: (request: Request) => Promise<Response>,
): (incoming: NodeRequest, outgoing: NodeResponse) => Promise<void> {
  return async (incoming, outgoing) => {
    // An unhandled rejection would end the process.
    const { headers, status, text } = await respond(incoming, fetch)
      .then(bufferResponse)
      .catch((error) => bufferResponse(failureOf(error)));
    outgoing.writeHead(status, Object.fromEntries(headers));
    outgoing.end(text);
  };
}

async function respond(
  incoming: NodeRequest,
  fetch: (request: Request) => Promise<Response>,
): Promise<Response> {
  const { method = "GET" } = incoming;
  const body = method === "GET" || method === "HEAD" ? null : bodyOf(incoming);
  const init = { method, headers: headersOf(incoming), body, duplex: "half" };
  return await fetch(new Request(urlOf(incoming), init));
}

function failureOf(error: unknown): Response {
  const response = errorResponseFor(error);
  if (LatchkeyError.is(error) && response.status >= 500) console.error(error);
  return response;
}

function bodyOf(incoming: NodeRequest): BodyInit {
  const { body } = incoming;
  if (typeof body === "string") return body;
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : streamOf(chunksOf(incoming));
}

/** Reads a chunk only when it is needed, so the limit of `readBody` applies. */
function streamOf(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => void (await chunks.return(undefined)),
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}

/** Reads the chunks of the body. A parsed body becomes a text that is rejected later. */
async function* chunksOf(incoming: NodeRequest): AsyncGenerator<Uint8Array> {
  let empty = true;
  for await (const chunk of incoming) {
    empty = false;
    yield chunk;
  }
  if (empty && incoming.body) yield new TextEncoder().encode(String(incoming.body));
}

/** Keeps the path and query. The host is not used. */
function urlOf({ originalUrl, url = "/" }: NodeRequest): URL {
  const path = (originalUrl ?? url).replace(/^[^/]*\/*/, "/");
  return new URL(`http://app.invalid${path}`);
}

function headersOf({ headers }: NodeRequest): Headers {
  const copied = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !name.startsWith(":")) copied.set(name, [value].flat().join(", "));
  }
  return copied;
}
