// The entry point of `npm start`, `npm test` and the other scripts. Plain JavaScript without dependencies, because it runs on
// the machine's Node before anything is installed.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureInstalled } from "./install.js";
import { runNode } from "./run-node.js";

const commands = {
  start: { does: "start the platform with its demo", run: ["tools/start/main.ts"] },
  test: { does: "run every test, or those given as arguments", run: ["tools/test/main.ts"] },
  matrix: {
    does: "run programs that use the packages on every runtime, and print a table",
    run: ["tests/consumers/main.ts"],
  },
  soak: { does: "kill the platform a hundred times under load", run: ["tools/test/soak.ts"] },
  check: {
    does: "types, lint, import rules, sizes, unused code, public API, packages",
    run: ["tools/check/main.ts"],
  },
  "lint-api": {
    does: "check the OpenAPI document with Redocly, Spectral and openapi-typescript",
    run: ["tests/api-lint/main.js"],
  },
  screenshots: {
    does: "write a picture of each page of the dashboard",
    run: ["tools/test/screenshots.ts"],
  },
  bench: { does: "run the benchmarks", run: ["bench/main.ts"] },
  "hello-app": {
    does: "run the example app beside the platform of npm start",
    run: ["--env-file-if-exists=.latchkey/demo.env", "examples/hello-app/main.ts"],
  },
  "legacy-migration": {
    does: "run the example of a migration beside the platform of npm start",
    run: ["--env-file-if-exists=.latchkey/demo.env", "examples/legacy-migration/main.ts"],
  },
  vectors: { does: "write the test vectors of the protocol", run: ["tools/vectors/main.ts"] },
  format: {
    does: "format the code and fix what the linter can fix",
    run: ["tools/check/main.ts", "lint", "--fix"],
  },
  build: { does: "emit the packages to their dist folders", run: ["tools/build/main.ts"] },
  pack: { does: "write the tarballs of the packages to the folder tarballs", run: ["tools/build/pack.ts"] },
};

const [name = "", ...args] = process.argv.slice(2);
if (!Object.hasOwn(commands, name)) {
  const width = Math.max(...Object.keys(commands).map((command) => command.length));
  const list = Object.entries(commands).map(([command, { does }]) => `  ${command.padEnd(width)}  ${does}`);
  process.stderr.write(`Usage: node tools/launch/launch.js <command> [arguments]\n\n${list.join("\n")}\n`);
  process.exit(2);
}

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
try {
  await ensureInstalled(root);
  process.exitCode = await runNode(root, [...commands[name].run, ...args]);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
