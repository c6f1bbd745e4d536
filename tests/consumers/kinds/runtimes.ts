import { equal, match } from "node:assert/strict";
import { freePort } from "../../../tools/free-port.ts";
import type { Consumer } from "../harness/consumer.ts";
import { type Project, toolPath } from "../harness/project.ts";
import { bundleByEsbuild } from "./bundle.ts";

const files = "tests/consumers/projects/portable";

/** Other runtimes: the same program gets a token and reads products. Each has no access but to this machine. */
export const runtimes: readonly Consumer[] = [
  {
    name: "Bun",
    files,
    uses: "sdk",
    onNode: false,
    async run(project) {
      equal(await project.run(bunPath(), "main.mjs"), "Mug\n");
    },
  },
  {
    name: "Deno",
    files,
    uses: "sdk",
    onNode: false,
    async run(project) {
      const access = ["--allow-net=127.0.0.1", "--allow-env", "--allow-read"];
      const offline = ["--cached-only", "--no-remote", "--node-modules-dir=manual"];
      const deno = [toolPath("deno/bin.cjs"), "run", ...access, ...offline];
      equal(await project.node(...deno, "main.mjs"), "Mug\n");
    },
  },
  { name: "workerd", files, uses: "sdk", onNode: false, run: runWorker },
];

function bunPath(): string {
  const machine = `${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}`;
  return toolPath(`@oven/bun-${machine}/bin/bun`);
}

/** The program as a module worker, whose requests reach addresses of this machine only. */
async function runWorker(project: Project): Promise<void> {
  const port = await freePort();
  await bundleByEsbuild(project, "worker.mjs", [
    "--external:node:async_hooks",
    "--conditions=workerd,worker",
  ]);
  const bindings = Object.entries(project.shop.env).map(
    ([name, value]) => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(value)})`,
  );
  project.write(
    "config.capnp",
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .app),
    (name = "internet", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const app :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "built/bundle.js")],
  compatibilityDate = "2026-01-01",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [${bindings.join(", ")}],
);
`,
  );
  const worker = await project.serve({
    program: toolPath(`@cloudflare/workerd-${process.platform}-${process.arch.replace("x", "")}/bin/workerd`),
    args: ["serve", "config.capnp", "--control-fd=1"],
  });
  match(worker.firstLine, /"event":"listen"/);
  equal(await (await fetch(`http://127.0.0.1:${port}`)).text(), "Mug", worker.output());
  await worker.stop();
}
