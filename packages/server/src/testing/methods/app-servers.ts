import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";

/** A handler of `Request`, such as `app.fetch` of the SDK. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

/** Serves a handler of `Request`, or a listener of `node:http`, such as an app of Express. */
export interface Serve {
  (app: FetchHandler): Promise<string>;
  (app: RequestListener): Promise<string>;
}

/** The servers of the apps that a test runs in its own process. */
export interface AppServers {
  /**
   * Listens on a free port of loopback. When a handler of `Request` throws, the response is 500 with the text of the error.
   *
   * @returns `http://127.0.0.1:<port>`
   */
  readonly serve: Serve;
  /** Closes all servers and their connections. */
  close(): Promise<void>;
}

export function createAppServers(): AppServers {
  const servers: Server[] = [];
  return {
    async serve(app: FetchHandler | RequestListener) {
      if (isListener(app)) {
        const server = createServer(app);
        servers.push(server);
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      }
      const fetch = async (request: Request): Promise<Response> => {
        try {
          return await app(request);
        } catch (error) {
          return new Response(String(error), { status: 500 });
        }
      };
      const options = { fetch, hostname: "127.0.0.1", port: 0, overrideGlobalObjects: false };
      const { port } = await new Promise<AddressInfo>((resolve) => {
        servers.push(serve(options, resolve) as Server);
      });
      return `http://127.0.0.1:${port}`;
    },
    async close() {
      for (const server of servers.splice(0)) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

function isListener(app: FetchHandler | RequestListener): app is RequestListener {
  return app.length > 1;
}
