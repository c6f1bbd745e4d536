import type { ConnectionOptions, ReceiveOptions } from "@latchkey/sdk";
import { createTestClock, type TestClock } from "./test-clock.ts";

/** A request to the scripted platform. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly token: string | null;
  readonly headers: Headers;
  readonly body: string;
}

type ScriptedResponse = Response | Promise<Response>;

/** The responses of a scripted platform. Default: a new token for each token request, and `{}` for each call. */
export interface Script {
  onToken?: (request: SeenRequest, count: number) => ScriptedResponse;
  onCall?: (request: SeenRequest, count: number) => ScriptedResponse;
}

/** A platform that fails in ways that the real platform cannot. */
export interface ScriptedPlatform {
  readonly clock: TestClock;
  readonly script: Script;
  readonly tokenRequests: SeenRequest[];
  readonly calls: SeenRequest[];
  readonly options: ConnectionOptions;
  /** `options` for an app that reports no refused requests. */
  readonly appOptions: ConnectionOptions & Pick<ReceiveOptions, "onRefused">;
}

export const API_URL = "https://platform.test";
export const APP_ID = "b2f00000-0000-4000-8000-000000000001";
const INSTANCE_ID = "5a1c0000-0000-4000-8000-000000000001";
export const APP_SECRET = "lks_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp10TMIFu";
/** A key for apps that verify nothing. */
export const PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----\n${"A".repeat(392)}\n-----END PUBLIC KEY-----`;
export const CREDENTIALS = { appId: APP_ID, appSecret: APP_SECRET, instanceId: INSTANCE_ID };

export function createScriptedPlatform(script: Script = {}): ScriptedPlatform {
  const clock = createTestClock();
  const tokenRequests: SeenRequest[] = [];
  const calls: SeenRequest[] = [];
  const fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = String(input);
    const headers = new Headers(init.headers);
    const body = typeof init.body === "string" ? init.body : "";
    const seen = { method: init.method ?? "GET", url, headers, token: headers.get("authorization"), body };
    const isToken = /\/oauth2\/token$|\/oauth\/access$/.test(new URL(url).pathname);
    const seenBefore = isToken ? tokenRequests : calls;
    const count = seenBefore.push(seen);
    const response = isToken
      ? (script.onToken?.(seen, count) ?? issue(`token-${count}`))
      : (script.onCall?.(seen, count) ?? json({}));
    return untilAborted(response, init.signal);
  };
  const options = { apiUrl: API_URL, clock, random: () => 0.5, fetch };
  return { clock, script, tokenRequests, calls, options, appOptions: { ...options, onRefused: false } };
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** Creates the response of a token endpoint. */
export function issue(token: string, expiresIn: unknown = 14_400): Response {
  return json({ access_token: token, token_type: "Bearer", expires_in: expiresIn });
}

/** A server that never responds. */
export function silence(): Promise<Response> {
  return new Promise(() => undefined);
}

/** The rejection of `fetch` when no server listens. */
export function refusedConnection(): Promise<Response> {
  const cause = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" });
  return Promise.reject(new TypeError("fetch failed", { cause }));
}

function untilAborted(response: ScriptedResponse, signal: AbortSignal | null | undefined): Promise<Response> {
  return new Promise((resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason));
    Promise.resolve(response).then(resolve, reject);
  });
}
