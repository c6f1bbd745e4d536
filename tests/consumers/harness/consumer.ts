import type { Project } from "./project.ts";

/** A program or tool that uses the packages, and what it has to do with them. */
export interface Consumer {
  readonly name: string;
  /** The folder with its files, from the root of the repository. Default: it starts in an empty folder. */
  readonly files?: string;
  /** What it loads: the SDK runs on Node 20 and newer, the server on Node 22.19 and newer. */
  readonly uses: "sdk" | "server";
  /** Whether it runs on Node, so that the matrix runs it on each version; others bring their own runtime. */
  readonly onNode: boolean;
  /** Whether it is too slow for `npm test`, and runs in `npm run test:matrix` alone. Default: false. */
  readonly slow?: boolean;
  /** Throws when the packages do not work. */
  run(project: Project): Promise<void>;
}
