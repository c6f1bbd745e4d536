import { errorResponseFor } from "./webhook-response.ts";

/** As much of a request of `node:http` as is needed; Express adds a `body` when it has parsed one. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Where Express keeps what `url` was before it was cut at the path of a router. */
  readonly originalUrl?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: unknown;
}

/** As much of a response of `node:http` as is needed. */
export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(body: string): unknown;
}

/** What a webhook brings at most, in bytes. */
const maxBodyBytes = 1_048_576;

/**
 * Lets `node:http` and Express response with `app.fetch`. In Express it stands on its path before any body parser, or
 * behind `express.text` for every type. What `fetch` throws is answered: 401 for what is not genuine, else 500.
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
    // Nobody above catches what is thrown here: it would end the process.
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
  if (body === null) return Response.json({ error: "body_too_large" }, { status: 413 });
  return await fetch(
    new Request(urlOf(incoming), { method, headers: headersOf(incoming), body: body ?? null }),
  );
}

/** The text that came; null when it is too long. What a parser has left of it is passed on to be refused. */
async function bodyOf(incoming: NodeRequest): Promise<string | null> {
  if (typeof incoming.body === "string") return incoming.body;
  if (incoming.body instanceof Uint8Array) return new TextDecoder().decode(incoming.body);
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.byteLength;
    if (size > maxBodyBytes) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  text += decoder.decode();
  const parsed = text === "" && typeof incoming.body === "object" && incoming.body !== null;
  return parsed ? String(incoming.body) : text;
}

/** Path and query as they came; the host is nobody's business. */
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
