import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { eventually } from "@latchkey/test-support/webhook-receiver";
import { childFlags } from "../../tools/test/responses/child-process.ts";

/** The variables of a process. */
export type Variables = Readonly<Record<string, string>>;

/** The directory and the variables of a snippet. */
export interface Place {
  readonly directory: string;
  /** Exported variables: programs see them. */
  readonly variables: Variables;
  /** Shell code that defines the unexported variables and functions of earlier blocks. */
  readonly unexported?: string;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The exit code of curl for a status of 400 or above, with the settings in the directory. */
const refusedByServer = 22;
export const curlSettings = "fail-with-body\n";

const guard = new URL("../setup/outside-connections.ts", import.meta.url).href;
const longestRunMs = 60_000;
const separator = "\n--- variables ---\n";

/** Prints the environment, then functions and plain variables as code that defines them again. */
const printState = `
set +eu
printf '%b' '${separator.replaceAll("\n", "\\n")}'; env -0
printf '%b' '${separator.replaceAll("\n", "\\n")}'; declare -f
for name in $(compgen -v); do
  [[ $name =~ ^[A-Z][A-Z_]+$ && $name != BASH* && -n "\${!name+set}" && -z "\${!name@a}" ]] && declare -p "$name"
done
true`;

/**
 * Runs shell lines like a script that stops at the first failure.
 *
 * @returns the output, and the variables and functions that the lines define
 */
export async function runShell(
  script: string,
  place: Place,
): Promise<{ output: string; variables: Variables; unexported: string }> {
  const whole = `${place.unexported ?? ""}\nset -euo pipefail\n${script}\n${printState}`;
  const written = succeeded(await run("bash", ["--norc", "-c", whole], place), script);
  const [output = "", exported = "", unexported = ""] = written.split(separator);
  const variables = exported
    .split("\0")
    .filter((line) => line.includes("="))
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
  return { output, variables: Object.fromEntries(variables), unexported };
}

/** Runs shell lines whose last request the server rejects, and returns the output. */
export async function runRefusedShell(script: string, place: Place): Promise<string> {
  const whole = `${place.unexported ?? ""}\nset -euo pipefail\n${script}`;
  const { code, stderr, stdout } = await run("bash", ["--norc", "-c", whole], place);
  if (code !== refusedByServer)
    throw new Error(`Was not rejected, but exited with ${code}: ${script}\n${stderr}`);
  return stdout;
}

/** Runs a TypeScript file against the sources of the packages, and returns the output. */
export async function runTypeScript(file: string, place: Place): Promise<string> {
  return succeeded(await run(process.execPath, [...nodeFlags(), file], place), file);
}

/** A program that keeps running in the background. */
export interface Serving {
  /** Resolves when the output matches. */
  wrote(looksRight: (output: string) => boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a TypeScript file that serves on a port, and waits until it is ready. */
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
  // A request would be refused, and the program would report it.
  const isUp = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true));
      socket.once("error", () => resolve(child.exitCode !== null));
      socket.once("connect", () => socket.destroy());
    });
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
  const loopbackOnly = `import { blockOutsideConnections } from "${guard}"; blockOutsideConnections();`;
  return [...childFlags(), ...["--import", `data:text/javascript,${encodeURIComponent(loopbackOnly)}`]];
}

/** Ignores the settings of the machine: shell, curl and proxies. */
function environment(directory: string, variables: Variables): Record<string, string | undefined> {
  return {
    PATH: `${directory}/bin:${process.env.PATH}`,
    HOME: directory,
    NO_PROXY: "*",
    no_proxy: "*",
    ...variables,
  };
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
