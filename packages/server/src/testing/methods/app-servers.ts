import type { RequestListener } from "node:http";
import { createRequire } from "node:module";

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

/** CommonJS, because Jest loads it into the process of the tests. */
const commonJs = createRequire(import.meta.url)("../../../jest/app-servers.cjs") as {
  createAppServers(): AppServers;
};

export function createAppServers(): AppServers {
  return commonJs.createAppServers();
}
