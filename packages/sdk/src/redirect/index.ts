// Sends the requests of a Node program for the real platform to the platform of LATCHKEY_URL:
// node --import @latchkey/sdk/redirect app.js
import { syncBuiltinESMExports } from "node:module";
import { isMainThread } from "node:worker_threads";
import { redirectDispatchers, redirectFetch } from "./fetch-requests.ts";
import { redirectHttpRequests } from "./http-requests.ts";
import { platformUrl } from "./platform-url.ts";
import { refuseConnections } from "./refused-connections.ts";

const started: unique symbol = Symbol.for("@latchkey/sdk/redirect") as never;
const holder = globalThis as { [started]?: true };

if (!holder[started]) {
  const platform = platformUrl();
  redirectHttpRequests();
  redirectFetch();
  redirectDispatchers();
  refuseConnections();
  // Programs that import a function of these modules by name get the redirected one.
  syncBuiltinESMExports();
  holder[started] = true;
  if (isMainThread) {
    process.stderr.write(
      `@latchkey/sdk/redirect: requests to wixapis.com, wix.com and their subdomains go to ${platform.href}\n`,
    );
  }
}
