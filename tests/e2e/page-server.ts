import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

interface PageRequest {
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
}

/** The server of an app, with one page at every address. */
export interface PageServer {
  readonly url: string;
  /** What browsers requested, in order. */
  readonly requests: readonly PageRequest[];
  close(): void;
}

/** Starts the server of an app on a port of its own. */
export async function startPageServer(): Promise<PageServer> {
  const requests: PageRequest[] = [];
  const server = createServer(({ headers, url = "" }, response) => {
    requests.push({ url: new URL(url, "http://127.0.0.1"), headers });
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><html lang=en><title>App</title><main><h1>The page of the app</h1></main>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, close: () => void server.close() };
}
