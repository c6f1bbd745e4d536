import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import { urlToHttpOptions } from "node:url";
import { isRealHost, pathAt, platformUrl } from "./platform-url.ts";

type Callback = (response: IncomingMessage) => void;
type Arguments = readonly [string | URL | RequestOptions, (RequestOptions | Callback)?, Callback?];
type Send = (...args: Arguments) => ClientRequest;

/** Redirects `request` and `get` of `node:http` and `node:https`. */
export function redirectHttpRequests(): void {
  const originals = { "http:": http.request as Send, "https:": https.request as Send };
  for (const module of [http, https]) {
    const original = module.request as Send;
    const request: Send = (...args) => {
      const { callback, options } = readArguments(args);
      if (!isRealHost(options.hostname || options.host)) return original(...args);
      const platform = platformUrl();
      return originals[platform.protocol as "http:" | "https:"](optionsAt(platform, options), callback);
    };
    const get: Send = (...args) => {
      const sent = request(...args);
      sent.end();
      return sent;
    };
    Object.assign(module, { request, get });
  }
}

/** Reads the arguments of `http.request`, of which the first, the second or both are options. */
function readArguments([first, second, third]: Arguments) {
  const given = typeof first === "string" || first instanceof URL ? urlToHttpOptions(new URL(first)) : first;
  const isCallback = typeof second === "function";
  const options: RequestOptions = { ...given, ...(isCallback ? undefined : second) };
  return { options, callback: isCallback ? second : third };
}

function optionsAt(platform: URL, options: RequestOptions): RequestOptions {
  // These belong to the connection to the real platform.
  const { agent, createConnection, defaultPort, host, localAddress, lookup, socketPath, ...kept } = options;
  return {
    ...kept,
    protocol: platform.protocol,
    hostname: platform.hostname.replace(/^\[|\]$/g, ""),
    port: platform.port,
    path: pathAt(platform, options.path ?? "/"),
    headers: headersAt(platform, options.headers),
    servername: undefined,
    ...(agent === false && { agent }),
  } as RequestOptions;
}

/** Returns headers whose `Host` is that of the platform. They are an object, or an array of names and values. */
export function headersAt<Headers>({ host }: URL, headers: Headers): Headers {
  const valueFor = (name: unknown, value: unknown): unknown =>
    String(name).toLowerCase() === "host" ? host : value;
  if (Array.isArray(headers)) {
    return headers.map((each, index) =>
      Array.isArray(each)
        ? [each[0], valueFor(...(each as [unknown, unknown]))]
        : valueFor(index % 2 && headers[index - 1], each),
    ) as Headers;
  }
  if (typeof headers !== "object" || headers === null || Symbol.iterator in headers) return headers;
  const entries = Object.entries(headers).map(([name, value]) => [name, valueFor(name, value)]);
  return Object.fromEntries(entries) as Headers;
}
