import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import express, { type Express } from "express";

/** A request as it reached an API behind a proxy. */
export interface Received {
  readonly method: string;
  /** As in the request line. */
  readonly target: string;
  readonly headers: IncomingMessage["headersDistinct"];
  /** Headers with the names of WSGI, CGI, PHP and Rack: upper case, all but letters and digits as `_`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly body: string;
  /** The handler that Express chose. */
  readonly handler: "open" | "guarded" | "none";
}

/** An API that records all requests that reach it. */
export interface RecordingApi {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  /** All requests since the last call. */
  take(): Received[];
  close(): Promise<void>;
}

/** Starts an API that uses the routing of Express 5 and returns each request. */
export async function startRecordingApi(): Promise<RecordingApi> {
  let received: Received[] = [];
  const api = createApi((request) => {
    received.push(request);
  });
  const server = createServer(api);
  // Accepts an upgrade: a client whose upgrade passes the proxy talks to the API directly.
  server.on("upgrade", (request: IncomingMessage, socket) => {
    received.push(describe(request, "none", ""));
    socket.end("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const all = received;
      received = [];
      return all;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function createApi(record: (request: Received) => void): Express {
  const respondAs = (handler: Received["handler"]): express.RequestHandler => {
    return async (request, response) => {
      const received = describe(request, handler, await text(request));
      record(received);
      response.status(handler === "none" ? 404 : 200).json(received);
    };
  };
  const api = express().disable("x-powered-by");
  api.all("/opening-hours", respondAs("open"));
  api.all(["/bookings", "/bookings/:id", "/bookings/:id/:action", "/bookings/*rest"], respondAs("guarded"));
  api.use(respondAs("none"));
  return api;
}

function describe(request: IncomingMessage, handler: Received["handler"], body: string): Received {
  const variables: Record<string, string> = {};
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const [name = "", value = ""] = request.rawHeaders.slice(index, index + 2);
    const variable = `HTTP_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
    variables[variable] = variable in variables ? `${variables[variable]},${value}` : value;
  }
  return {
    method: request.method ?? "",
    // Express changes `url` while it routes.
    target: (request as express.Request).originalUrl ?? request.url ?? "",
    headers: request.headersDistinct,
    variables,
    body,
    handler,
  };
}
