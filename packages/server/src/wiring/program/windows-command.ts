import { existsSync } from "node:fs";
import { win32 } from "node:path";

interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly options?: { readonly windowsVerbatimArguments: boolean };
}

interface Given extends Command {
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Returns how Windows starts a program. Scripts such as `npm.cmd` run in the command interpreter, because Windows
 * starts only `.exe` and `.com` files by itself.
 *
 * @param exists whether a file exists. Default: looks at the disk
 */
export function commandFor(given: Given, exists: (file: string) => boolean = existsSync): Command {
  const { args, env, program } = given;
  const file = findProgram(given, exists);
  if (file === undefined || !/\.(?:cmd|bat)$/i.test(file)) return { program: file ?? program, args };
  const line = [escapeMeta(file), ...args.map(quoteArgument)].join(" ");
  return {
    program: env.ComSpec ?? env.COMSPEC ?? "cmd.exe",
    args: ["/d", "/s", "/c", `"${line}"`],
    options: { windowsVerbatimArguments: true },
  };
}

/** Finds the file of a program in the folders of `PATH`, by the extensions of `PATHEXT`. */
function findProgram({ env, program }: Given, exists: (file: string) => boolean): string | undefined {
  const folders = /[\\/]/.test(program) ? [""] : (env.Path ?? env.PATH ?? "").split(";");
  const extensions = (env.PATHEXT ?? ".COM;.EXE;.BAT;.CMD").split(";");
  const names =
    win32.extname(program) === "" ? extensions.map((extension) => program + extension) : [program];
  const files = folders.flatMap((folder) =>
    names.map((name) => (folder === "" ? name : win32.join(folder, name))),
  );
  return files.find(exists);
}

/** Quotes an argument for the program, then escapes it twice: for the interpreter, and for the script that passes it on. */
function quoteArgument(argument: string): string {
  const quoted = `"${argument.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, "$1$1")}"`;
  return escapeMeta(escapeMeta(quoted));
}

function escapeMeta(text: string): string {
  return text.replaceAll(/[()\][%!^"`<>&|;, *?]/g, "^$&");
}
