import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "@latchkey/test-support/webhook-receiver";
import type { Shop } from "./shop.ts";

const home = join(import.meta.dirname, "..");
const root = join(home, "../..");
const longestRunMs = 240_000;

/** A folder of a consumer, with its files and with the packages from their tarballs. */
export interface Project {
  readonly directory: string;
  /** The platform that its programs call, and an app that is installed on a site there. */
  readonly shop: Shop;
  /** Runs a file in Node, and returns what it prints. Throws that when it fails. */
  node(...args: string[]): Promise<string>;
  /** Runs a program, and returns what it prints. Throws that when it fails. */
  run(program: string, ...args: string[]): Promise<string>;
  /** Starts a program that prints a line when it serves. */
  serve(command: ServeCommand): Promise<Serving>;
  write(path: string, text: string): void;
}

export interface ServeCommand {
  /** Default: Node. */
  readonly program?: string;
  readonly args: readonly string[];
  /** Variables besides those of the shop. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** A program that serves. */
export interface Serving {
  /** The first line that it has printed. */
  readonly firstLine: string;
  /** All that it has printed until now. */
  output(): string;
  /** Resolves when it has printed a text. */
  prints(text: string): Promise<void>;
  /** Ends it by SIGTERM, and returns its exit code. */
  stop(): Promise<number | null>;
}

/** The path of a package that only the consumers have. */
export const toolPath = (path: string): string => join(home, "node_modules", path);

/** The program of Bun for this machine. */
export const bunPath = (): string => {
  const machine = `${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}`;
  return toolPath(`@oven/bun-${machine}/bin/bun`);
};

/** The path of a package of the repository. */
export const rootPath = (path: string): string => join(root, "node_modules", path);

interface Place {
  /** The folder in which the packages are installed. */
  readonly installation: string;
  /** The folder with the files, from the root of the repository. Default: the project is empty. */
  readonly files: string | undefined;
  /** The Node that runs the programs. */
  readonly nodePath: string;
  readonly shop: Shop;
}

let count = 0;

/** Creates a project with a copy of files, in a folder below that of the installed packages. */
export function createProject({ files, installation, nodePath, shop }: Place): Project {
  count += 1;
  const directory = join(installation, "projects", `${process.pid}-${count}`);
  mkdirSync(directory, { recursive: true });
  if (files !== undefined) cpSync(join(root, files), directory, { recursive: true });
  symlinkSync(join(installation, "node_modules"), join(directory, "node_modules"));
  const { NODE_OPTIONS: _, NODE_ENV: __, VITEST: ___, ...inherited } = process.env;
  const quiet = { NEXT_TELEMETRY_DISABLED: "1", DENO_NO_UPDATE_CHECK: "1", DO_NOT_TRACK: "1", CI: "true" };
  const env = { ...inherited, ...quiet, ...shop.env };
  const run = async (program: string, ...args: string[]): Promise<string> => {
    const options = { cwd: directory, env, timeout: longestRunMs };
    const { stdout } = await promisify(execFile)(program, args, options).catch((error) => {
      throw new Error(`${program} ${args.join(" ")} failed:\n${error.stdout}${error.stderr}`);
    });
    return stdout;
  };
  return {
    directory,
    shop,
    run,
    node: (...args) => run(nodePath, ...args),
    serve: ({ args, program = nodePath, variables }) =>
      serving(spawn(program, args, { cwd: directory, env: { ...env, ...variables } })),
    write: (path, text) => writeFileSync(join(directory, path), text),
  };
}

async function serving(child: ChildProcess): Promise<Serving> {
  let output = "";
  const ended = once(child, "close") as Promise<[number | null]>;
  const firstLine = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        const end = output.indexOf("\n");
        if (end >= 0) resolve(output.slice(0, end));
      });
    }
  });
  const first = await Promise.race([firstLine, ended.then(() => undefined)]);
  if (first === undefined) throw new Error(`The program ended before it served:\n${output}`);
  return {
    firstLine: first,
    output: () => output,
    prints: (text) =>
      eventually(
        () => output.includes(text),
        () => output,
      ),
    async stop() {
      child.kill("SIGTERM");
      const [code] = await ended;
      return code;
    },
  };
}
