import { equal, match } from "node:assert/strict";
import { freePort } from "../../../tools/free-port.ts";
import type { Consumer } from "../harness/consumer.ts";
import { bunPath, type Project, toolPath } from "../harness/project.ts";
import { workerdConfig, workerdPath } from "../harness/workerd.ts";
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

/** The program as a module worker, whose requests reach addresses of this machine only. */
async function runWorker(project: Project): Promise<void> {
  const port = await freePort();
  await bundleByEsbuild(project, "worker.mjs", [
    "--external:node:async_hooks",
    "--conditions=workerd,worker",
  ]);
  const variables = project.shop.env;
  project.write("config.capnp", workerdConfig({ port, modules: ["built/bundle.js"], variables }));
  const worker = await project.serve({
    program: workerdPath(),
    args: ["serve", "config.capnp", "--control-fd=1"],
  });
  match(worker.firstLine, /"event":"listen"/);
  equal(await (await fetch(`http://127.0.0.1:${port}`)).text(), "Mug", worker.output());
  await worker.stop();
}
