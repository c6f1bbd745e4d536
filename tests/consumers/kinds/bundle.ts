import type { Project } from "../harness/project.ts";
import { toolPath } from "../harness/project.ts";

/** Bundles a file of a project to `built/bundle.js`, as one ECMAScript module. */
export async function bundleByEsbuild(
  project: Project,
  file: string,
  args: readonly string[] = [],
): Promise<void> {
  const format = ["--bundle", "--format=esm", "--minify", "--log-level=warning", "--outfile=built/bundle.js"];
  await project.node(toolPath("esbuild/bin/esbuild"), file, ...format, ...args);
}
