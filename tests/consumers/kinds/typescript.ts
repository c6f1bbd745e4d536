import { equal } from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import type { Consumer } from "../harness/consumer.ts";
import { type Project, rootPath, toolPath } from "../harness/project.ts";

const base = ["--noEmit", "--strict", "--target", "es2022", "--types", "node"];
/** The oldest and the newest compiler, each with declarations of Node. */
const oldest = [toolPath("typescript/bin/tsc"), ...base, "--typeRoots", toolPath("@types")];
const newest = [rootPath("typescript/bin/tsc"), ...base, "--typeRoots", rootPath("@types")];
const of = (module: string, moduleResolution: string): string[] => [
  ...["--module", module],
  ...["--moduleResolution", moduleResolution],
];

/** Compiles the program of an app in each way to resolve modules that a compiler has. */
async function compileClient(project: Project, tsc: string[], ways: readonly string[][]): Promise<void> {
  for (const way of ways) equal(await project.node(...tsc, ...way, "client.ts"), "");
  cpSync(join(project.directory, "client.ts"), join(project.directory, "client.mts"));
  equal(await project.node(...tsc, ...of("nodenext", "nodenext"), "client.mts"), "");
}

const shared = { files: "tests/consumers/projects/typescript", onNode: false } as const;

/** TypeScript: the declarations of the packages, with the oldest and the newest compiler. */
export const typescript: readonly Consumer[] = [
  {
    ...shared,
    uses: "sdk",
    name: "TypeScript 5.4",
    run: (project) =>
      compileClient(project, oldest, [
        of("commonjs", "node10"),
        of("node16", "node16"),
        of("esnext", "bundler"),
      ]),
  },
  {
    ...shared,
    uses: "server",
    name: "newest TypeScript",
    async run(project) {
      await compileClient(project, newest, [of("nodenext", "nodenext"), of("esnext", "bundler")]);
      equal(await project.node(...newest, ...of("nodenext", "nodenext"), "platform.mts"), "");
    },
  },
];
