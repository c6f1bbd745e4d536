import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { childFlags } from "../../tools/test/responses/child-process.ts";
import { eventually } from "../support/webhook-receiver.ts";

/** The variables of a process. */
export type Variables = Readonly<Record<string, string>>;

/** Where and with what a snippet runs. */
export interface Place {
  readonly directory: string;
  readonly variables: Variables;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How curl ends, as its settings in the directory have it, when the status of an answer is 400 or above. */
const refusedByServer = 22;
export const curlSettings = "fail-with-body\n";

const guard = new URL("../setup/outside-connections.ts", import.meta.url).href;
const longestRunMs = 60_000;
const separator = "\n--- variables ---\n";

/**
 * Runs lines of a shell as if typed one after another: the first that fails ends them, as a refusal of a server does.
 *
 * @returns what they wrote, and the variables they leave behind
 */
export async function runShell(
  script: string,
  place: Place,
): Promise<{ output: string; variables: Variables }> {
  const printed = separator.replaceAll("\n", "\\n");
  const whole = `set -euo pipefail; set -a\n${script}\nprintf '${printed}'; env -0`;
  const output = succeeded(await run("bash", ["--norc", "-c", whole], place), script);
  const end = output.lastIndexOf(separator);
  const variables = output
    .slice(end + separator.length)
    .split("\0")
    .filter((line) => line.includes("="))
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
  return { output: output.slice(0, end), variables: Object.fromEntries(variables) };
}

/** Runs lines of a shell that end with a request which the server refuses, and tells what they wrote. */
export async function runRefusedShell(script: string, place: Place): Promise<string> {
  const { code, stderr, stdout } = await run("bash", ["--norc", "-c", `set -euo pipefail\n${script}`], place);
  if (code !== refusedByServer)
    throw new Error(`Was not refused, but ended with ${code}: ${script}\n${stderr}`);
  return stdout;
}

/** Runs a file of TypeScript against the sources of the packages, and tells what it wrote. */
export async function runTypeScript(file: string, place: Place): Promise<string> {
  return succeeded(await run(process.execPath, [...nodeFlags(), file], place), file);
}

/** A program that goes on while a reader does something else. */
export interface Serving {
  /** Resolves when what it wrote looks like this. */
  wrote(looksRight: (output: string) => boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a file of TypeScript that serves at a port, and waits until it does. */
export async function serveTypeScript(
  file: string,
  { directory, variables }: Place,
  port: number,
): Promise<Serving> {
  const child = spawn(process.execPath, [...nodeFlags(), file], {
    cwd: directory,
    env: environment(directory, variables),
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (more: string) => {
      output += more;
    });
  }
  const isUp = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => child.exitCode !== null,
    );
  await eventually(isUp, () => output);
  return {
    wrote: (looksRight) =>
      eventually(
        () => looksRight(output),
        () => `it wrote: ${output}`,
      ),
    async stop() {
      const ended = once(child, "exit");
      if (child.exitCode === null && child.kill("SIGKILL")) await ended;
    },
  };
}

function nodeFlags(): string[] {
  const loopbackOnly = `import { refuseOutsideConnections } from "${guard}"; refuseOutsideConnections();`;
  return [...childFlags(), ...["--import", `data:text/javascript,${encodeURIComponent(loopbackOnly)}`]];
}

/** No settings of whoever runs the tests: neither their shell's, nor their curl's, nor their proxy. */
function environment(directory: string, variables: Variables): Record<string, string | undefined> {
  return { PATH: process.env.PATH, HOME: directory, NO_PROXY: "*", no_proxy: "*", ...variables };
}

function succeeded({ code, stderr, stdout }: Ended, what: string): string {
  if (code !== 0) throw new Error(`Ended with ${code}: ${what}\n${stdout}\n${stderr}`);
  return stdout;
}

function run(program: string, args: readonly string[], { directory, variables }: Place): Promise<Ended> {
  const env = environment(directory, variables);
  return new Promise((resolve) => {
    const options = { cwd: directory, env, timeout: longestRunMs, maxBuffer: 16 * 1024 * 1024 };
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr: code === -1 ? `${stderr}${error?.message}` : stderr });
    });
  });
}
