import { execFile } from "node:child_process";

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
  const flags = ["--conditions=latchkey-source", "--disable-warning=ExperimentalWarning"];
  const loopbackOnly = `import { refuseOutsideConnections } from "${guard}"; refuseOutsideConnections();`;
  flags.push("--import", `data:text/javascript,${encodeURIComponent(loopbackOnly)}`);
  return succeeded(await run(process.execPath, [...flags, file], place), file);
}

function succeeded({ code, stderr, stdout }: Ended, what: string): string {
  if (code !== 0) throw new Error(`Ended with ${code}: ${what}\n${stdout}\n${stderr}`);
  return stdout;
}

function run(program: string, args: readonly string[], { directory, variables }: Place): Promise<Ended> {
  // No settings of whoever runs the tests: neither their shell's, nor their curl's, nor their proxy.
  const env = { PATH: process.env.PATH, HOME: directory, NO_PROXY: "*", no_proxy: "*", ...variables };
  return new Promise((resolve) => {
    const options = { cwd: directory, env, timeout: longestRunMs, maxBuffer: 16 * 1024 * 1024 };
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr: code === -1 ? `${stderr}${error?.message}` : stderr });
    });
  });
}
