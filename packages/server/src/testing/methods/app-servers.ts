import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";

/** The servers of the apps that a test runs in its own process. */
export interface AppServers {
  /**
   * Listens on a free port of loopback. When the handler throws, the response is 500 with the text of the error.
   *
   * @returns `http://127.0.0.1:<port>`
   */
  serve(handle: (request: Request) => Response | Promise<Response>): Promise<string>;
  /** Closes all servers and their connections. */
  close(): Promise<void>;
}

export function createAppServers(): AppServers {
  const servers: Server[] = [];
  return {
    async serve(handle) {
      const fetch = async (request: Request): Promise<Response> => {
        try {
          return await handle(request);
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
