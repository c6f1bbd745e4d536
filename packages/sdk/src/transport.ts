import type { ApiCaller, ApiRequest } from "./api-call.ts";
import type { ApiUrl } from "./http/api-url.ts";
import { attemptOnce, bufferResponse, type Network } from "./http/attempt.ts";
import { parseSuccess } from "./http/json.ts";
import { readHeaders } from "./http/request-headers.ts";
import { apiError } from "./http/response-error.ts";
import { type Repeatable, sendWithRetries } from "./http/retry-policy.ts";
import type { TokenHolder } from "./tokens/token-source.ts";

/** A successful response. */
export interface Success {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON. */
  readonly data: unknown;
}

/** Sends requests with the token of one subject. */
export interface Transport extends ApiCaller {
  /** Sends a request and returns the parsed JSON with status and headers. */
  exchange(request: ApiRequest): Promise<Success>;
  fetchWithAuth(pathOrUrl: string | URL, init?: RequestInit): Promise<Response>;
  /** Returns the current token. */
  getToken(): Promise<string>;
  getAuthHeaders(): Promise<{ readonly headers: { readonly Authorization: string } }>;
}

/** The dependencies of a {@link Transport}. */
export interface TransportDependencies {
  readonly network: Network;
  readonly apiUrl: Pick<ApiUrl, "resolve">;
  readonly tokens: TokenHolder;
  readonly readSecret: () => string;
}

interface Outgoing<Result> extends Repeatable<Result> {
  readonly url: string;
  readonly init: RequestInit;
  /** Returns the headers including the token. */
  readonly headers: (token: string) => HeadersInit;
  readonly name: () => string;
  readonly read: (response: Response) => Result | Promise<Result>;
}

interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
}

/** Creates a transport. */
export function createTransport(dependencies: TransportDependencies): Transport {
  const exchange = (request: ApiRequest): Promise<Success> => sendJson(dependencies, request);
  return {
    exchange,
    call: async (request) => (await exchange(request)).data,
    getToken: () => dependencies.tokens.get(),
    getAuthHeaders: async () => ({ headers: { Authorization: await dependencies.tokens.get() } }),
    async fetchWithAuth(pathOrUrl, init = {}) {
      const url = dependencies.apiUrl.resolve(pathOrUrl);
      const method = (init.method ?? "GET").toUpperCase();
      const headers = readHeaders(init.headers);
      const { response } = await sendAuthorised(dependencies, {
        url,
        init,
        headers: headers.withToken,
        name: () => `${method} ${new URL(url).pathname}`,
        idempotent: method === "GET" || method === "HEAD" || headers.has("idempotency-key"),
        signal: init.signal ?? undefined,
        read: (response) => response,
        discard: (response) => void response.body?.cancel().catch(() => undefined),
      });
      return response;
    },
  };
}

async function sendJson(
  dependencies: TransportDependencies,
  { method, path, query, body, idempotent, signal }: ApiRequest,
): Promise<Success> {
  const name = `${method} ${path}`;
  const { response, secrets } = await sendAuthorised(dependencies, {
    url: dependencies.apiUrl.resolve(query === undefined ? path : `${path}?${query}`),
    init: body === undefined ? { method } : { method, body: JSON.stringify(body) },
    headers: (token) => ({ authorization: token, "content-type": "application/json" }),
    name: () => name,
    idempotent,
    signal,
    read: bufferResponse,
  });
  if (response.status < 200 || response.status > 299) throw apiError({ response, name, secrets });
  const data = parseSuccess({ response, name, secrets });
  return { status: response.status, headers: response.headers, data };
}

/** Sends a request with the cached token. After a 401, sends it once more with a new token. */
async function sendAuthorised<Result extends HttpResponse>(
  { network, readSecret, tokens }: TransportDependencies,
  outgoing: Outgoing<Result>,
): Promise<{ readonly response: Result; readonly secrets: readonly string[] }> {
  const { url, init, signal, name, read } = outgoing;
  const replayable = isReplayable(init.body);
  const secrets = [readSecret()];
  const sendWith = (token: string): Promise<Result> => {
    secrets.push(token);
    const attempt = { url, init, headers: outgoing.headers(token), signal, name, secrets, read };
    const send = (): Promise<Result> => attemptOnce(network, attempt);
    return replayable ? sendWithRetries(network, outgoing, send) : send();
  };
  const token = await tokens.get(signal);
  const response = await sendWith(token);
  if (response.status !== 401) return { response, secrets };
  tokens.reject(token);
  if (!replayable) return { response, secrets };
  outgoing.discard?.(response);
  return { response: await sendWith(await tokens.get(signal)), secrets };
}

/** A stream can be read only once. */
function isReplayable(body: RequestInit["body"]): boolean {
  return (
    body === undefined ||
    body === null ||
    typeof body === "string" ||
    body instanceof URLSearchParams ||
    body instanceof FormData ||
    body instanceof Blob ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body)
  );
}
