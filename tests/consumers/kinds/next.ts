import { equal } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../../tools/free-port.ts";
import { ensureInstalled } from "../../../tools/launch/install.js";
import type { Consumer } from "../harness/consumer.ts";
import type { Project } from "../harness/project.ts";

/** Next.js: a route handler on Node and one on the edge runtime, built and served. */
export const next: readonly Consumer[] = (["14", "newest"] as const).map((version) => ({
  name: `Next.js ${version}`,
  files: "tests/consumers/projects/next",
  uses: "sdk",
  onNode: false,
  slow: true,
  run: (project) => buildAndServe(project, join(import.meta.dirname, "..", `next-${version}`)),
}));

async function buildAndServe(project: Project, installed: string): Promise<void> {
  await ensureInstalled(installed);
  ownModules(project, join(installed, "node_modules"));
  const program = "node_modules/next/dist/bin/next";
  await project.node(program, "build");
  const port = String(await freePort());
  const served = await project.serve({ args: [program, "start", "-H", "127.0.0.1", "-p", port] });
  try {
    await served.prints("Ready in");
    for (const [path, text] of [
      ["products", "node: Mug"],
      ["edge", "edge: Mug"],
    ]) {
      equal(await (await fetch(`http://127.0.0.1:${port}/${path}`)).text(), text, served.output());
    }
  } finally {
    await served.stop();
  }
}

/** Gives a project modules of its own, because Next.js builds nothing that is outside of its folder. */
function ownModules({ directory }: Project, others: string): void {
  const own = join(directory, "node_modules");
  const packages = join(directory, "..", "..", "node_modules/@latchkey");
  rmSync(own);
  execFileSync("cp", ["--archive", "--link", others, own]);
  for (const name of readdirSync(packages)) {
    cpSync(join(packages, name), join(own, "@latchkey", name), { recursive: true });
  }
}
