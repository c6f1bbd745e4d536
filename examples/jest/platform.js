const { spawn } = require("node:child_process");
const { once } = require("node:events");
const { mkdtempSync, readFileSync, rmSync } = require("node:fs");
const { createServer } = require("node:net");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { parseEnv } = require("node:util");

/** Starts a platform with its demo in a process of its own. Returns the credentials, and a function that stops it. */
async function startPlatform() {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-"));
  const env = { ...process.env, PORT: String(await freePort()), LATCHKEY_DATA_DIR: folder };
  const server = spawn(process.execPath, ["node_modules/.bin/latchkey", "dev", "--json"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await Promise.race([once(server.stdout, "data"), once(server, "exit")]);
  if (server.exitCode !== null) throw new Error(`latchkey dev ended with ${server.exitCode}.`);
  const { credentialsFile } = JSON.parse(line);
  return {
    ...parseEnv(readFileSync(credentialsFile, "utf8")),
    async stop() {
      server.kill();
      await once(server, "exit");
      rmSync(folder, { recursive: true });
    },
  };
}

/** The address of the platform contains its port, so the port is chosen first. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

module.exports = { startPlatform };
