import { parseArgs } from "node:util";
import { type ShellName, shellNames } from "@latchkey/server/dev";

/** What `npm start -- …` was asked for. */
export interface StartOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly reset: boolean;
  readonly shell: ShellName | undefined;
}

export const usage = `Usage: npm start -- [options]

  --quiet         Print the addresses only: no steps, and of the log only warnings
  --json          Print lines of JSON: steps, addresses and log
  --reset         Move the database aside and start with an empty one
  --shell <name>  Print commands for sh or powershell. Default: powershell on Windows, else sh
  --help          Print this text
`;

/** Reads the arguments. Returns undefined for `--help`; throws for unknown ones. */
export function readOptions(args: readonly string[]): StartOptions | undefined {
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { json: flag, quiet: flag, reset: flag, help: flag, shell: { type: "string" } },
  });
  const { help, json, quiet, reset } = values;
  const shell = shellNames.find((name) => name === values.shell);
  if (values.shell !== undefined && shell === undefined) {
    throw new TypeError(`--shell must be ${shellNames.join(" or ")}.`);
  }
  return help ? undefined : { json, quiet, reset, shell };
}
