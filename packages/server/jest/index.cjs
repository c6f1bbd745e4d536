// The test kit for Jest in its default mode, CommonJS: the platform runs in a child process, because it is an ES module.
const { fork } = require("node:child_process");
const { join } = require("node:path");
const { createAppServers } = require("./app-servers.cjs");

const methods = [
  ...["createApp", "createSite", "install", "remove", "suspend", "resume", "approve"],
  ...[
    "createWebhook",
    "createExtension",
    "createEventType",
    "publish",
    "callPlugin",
    "openPage",
    "rotateKeys",
  ],
  ...["publicKey", "token", "env", "delivery", "deliveries", "settled", "manage", "stub", "export"],
];

/** Starts a platform in a child process. See `index.d.cts`. */
exports.createTestPlatform = async function createTestPlatform(options = {}) {
  const child = fork(join(__dirname, "child.mjs"), { serialization: "advanced" });
  const connection = connect(child);
  let started;
  try {
    started = await connection.call("start", [options]);
  } catch (error) {
    child.kill();
    throw error;
  }
  const remote =
    (path) =>
    (...args) =>
      connection.call(path, args);
  const appServers = createAppServers();
  const stop = async () => {
    try {
      await connection.call("close", []);
    } finally {
      connection.end();
      await appServers.close();
    }
  };
  let closing;
  const close = () => {
    closing ??= stop();
    return closing;
  };
  return {
    ...started,
    ...Object.fromEntries(methods.map((method) => [method, remote(method)])),
    clock: {
      now: () => connection.now(),
      offset: () => connection.now() - started.startedAt,
      ...Object.fromEntries(["advance", "set", "reset"].map((move) => [move, remote(`clock.${move}`)])),
    },
    faults: Object.fromEntries(
      ["add", "list", "clear"].map((method) => [method, remote(`faults.${method}`)]),
    ),
    serve: appServers.serve,
    close,
    ...(Symbol.asyncDispose && { [Symbol.asyncDispose]: close }),
  };
};

/** Calls methods of the platform in the child process. Only a call that waits keeps the process alive. */
function connect(child) {
  const waiting = new Map();
  let count = 0;
  let now = 0;
  const settle = (id, settled) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) child.channel?.unref();
    if (call !== undefined) settled(call);
  };
  child.unref();
  child.on("message", ({ error, id, now: time, value }) => {
    now = time ?? now;
    settle(id, ({ reject, resolve }) => (error === undefined ? resolve(value) : reject(toError(error))));
  });
  child.on("exit", () => {
    const ended = new Error(
      "The process of the test platform has ended. If its output above says why, mend that; then create another platform.",
    );
    for (const id of [...waiting.keys()]) settle(id, ({ reject }) => reject(ended));
  });
  return {
    now: () => now,
    end: () => child.connected && child.disconnect(),
    call(path, args) {
      if (!child.connected)
        return Promise.reject(new Error("The test platform is closed; create another one."));
      return new Promise((resolve, reject) => {
        count += 1;
        waiting.set(count, { resolve, reject });
        child.channel?.ref();
        child.send({ id: count, path, args });
      });
    },
  };
}

function toError({ message, stack, ...fields }) {
  const error = new Error(message);
  return Object.assign(error, fields);
}
