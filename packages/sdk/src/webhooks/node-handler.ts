import { bodyTooLarge, maxBodyBytes } from "./read-body.ts";
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
    const response = await respond(incoming, fetch).catch(errorResponseFor);
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(await response.text().catch(() => ""));
  };
}

async function respond(
  incoming: NodeRequest,
  fetch: (request: Request) => Promise<Response>,
): Promise<Response> {
  const { method = "GET" } = incoming;
  const body = method === "GET" || method === "HEAD" ? undefined : await bodyOf(incoming);
  return await fetch(
    new Request(urlOf(incoming), { method, headers: headersOf(incoming), body: body ?? null }),
  );
}

/** Reads the body as text. A parsed body is converted to a string, which is rejected later. */
async function bodyOf(incoming: NodeRequest): Promise<string> {
  if (typeof incoming.body === "string") return incoming.body;
  if (incoming.body instanceof Uint8Array) return new TextDecoder().decode(incoming.body);
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.byteLength;
    if (size > maxBodyBytes) throw bodyTooLarge();
    text += decoder.decode(chunk, { stream: true });
  }
  text += decoder.decode();
  const parsed = text === "" && typeof incoming.body === "object" && incoming.body !== null;
  return parsed ? String(incoming.body) : text;
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
