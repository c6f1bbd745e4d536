// `serve` of the test kit.
const { createServer } = require("node:http");
const { getRequestListener } = require("@hono/node-server");

/** The servers of the apps that a test runs in its own process. */
exports.createAppServers = function createAppServers() {
  const servers = [];
  return {
    async serve(app) {
      const server = createServer(isListener(app) ? app : toListener(app));
      servers.push(server);
      await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
      return `http://127.0.0.1:${server.address().port}`;
    },
    async close() {
      for (const server of servers.splice(0)) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
};

/** Whether an app is a listener of `node:http`, such as one of Express, and not a handler of `Request`. */
function isListener(app) {
  return app.length > 1;
}

function toListener(app) {
  const fetch = async (request) => {
    try {
      return await app(request);
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  };
  return getRequestListener(fetch, { overrideGlobalObjects: false });
}
