import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { buildPackages, type PackageName, packageNames } from "../../tools/build/build.ts";

const root = join(import.meta.dirname, "..", "..");

/** A folder in which the packages are installed from their tarballs, as `npm install` does, but without network. */
export interface Installation {
  readonly directory: string;
  /** The path of a program in `node_modules/.bin`. */
  program(name: string): string;
  remove(): void;
}

/**
 * Builds and packs copies of the packages, and installs the tarballs with links to their other dependencies.
 *
 * @param names default: all; each needs those before it
 */
export async function installPacked(names: readonly PackageName[] = packageNames): Promise<Installation> {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-packed-"));
  const source = join(directory, "source");
  const modules = join(directory, "node_modules");
  mkdirSync(join(source, "node_modules"), { recursive: true });
  cpSync(join(root, "packages"), join(source, "packages"), {
    recursive: true,
    filter: (path) => !["dist", "node_modules"].includes(basename(path)),
  });
  for (const file of ["tsconfig.base.json", "LICENSE"]) cpSync(join(root, file), join(source, file));
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name !== "@latchkey") link(join(root, "node_modules", name), join(source, "node_modules", name));
  }
  // Versions that npm could not install at the top.
  for (const name of readdirSync(join(root, "packages"))) {
    const own = join("packages", name, "node_modules");
    if (existsSync(join(root, own))) link(join(root, own), join(source, own));
  }
  for (const name of names) {
    link(join(source, "packages", name), join(source, "node_modules/@latchkey", name));
  }
  const problems = await buildPackages(source, names);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  for (const name of names) install(join(source, "packages", name), modules);
  link(process.execPath, join(modules, ".bin/node"));
  return {
    directory,
    program: (name) => join(modules, ".bin", name),
    remove: () => rmSync(directory, { recursive: true }),
  };
}

function install(folder: string, modules: string): void {
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const tarball = run("npm", "pack", "--ignore-scripts", "--silent").trim();
  const target = join(modules, "@latchkey", basename(folder));
  mkdirSync(target, { recursive: true });
  run("tar", "-xzf", tarball, "--strip-components=1", "-C", target);
  const { bin = {}, dependencies = {} }: Manifest = JSON.parse(
    readFileSync(join(target, "package.json"), "utf8"),
  );
  for (const name of Object.keys(dependencies)) {
    if (!name.startsWith("@latchkey/")) link(join(root, "node_modules", name), join(modules, name));
  }
  for (const [name, file] of Object.entries(bin)) {
    chmodSync(join(target, file), 0o755);
    link(join(target, file), join(modules, ".bin", name));
  }
}

interface Manifest {
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  symlinkSync(target, path);
}
