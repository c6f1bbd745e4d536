import { OperatorError } from "../../infrastructure/errors/index.ts";
import {
  type AppCredentials,
  createTemporarySecret,
  credentialVariables,
  readCredentials,
  readManagedPlatform,
  runProgram,
} from "../program/index.ts";
import type { Command, CommandCall } from "./command.ts";

interface Credentials {
  readonly credentials: AppCredentials;
  /** Called when the program has ended. */
  readonly release?: () => Promise<void>;
}

/** Runs a program with the credentials of an app in its environment. */
export const run: Command = {
  summary: "Run a program with the credentials of an app: latchkey run -- node app.js",
  options: { credentials: { type: "string" }, app: { type: "string" }, instance: { type: "string" } },
  usage: [
    "-- <program> [arguments]  The program. It gets the signals, and its exit code becomes that of latchkey",
    "--credentials <file>  Variables as in .latchkey/demo.env. Default: APP_ID and APP_SECRET of the environment, else .latchkey/demo.env",
    "--app <appId>  Another app. It gets a secret for this run. Needs LATCHKEY_URL and LATCHKEY_ADMIN_KEY, in the environment or the file",
    "--instance <instanceId>  The instance that the program acts as. Default: INSTANCE_ID, except with --app",
  ],
  takesProgram: true,
  async run(call) {
    const { env, options, program = [], progress } = call;
    if (program.length === 0) {
      throw new OperatorError("invalid_command", "Name a program: latchkey run -- node app.js");
    }
    const { credentials, release } = await findCredentials(call);
    try {
      const instanceId = textOption(options, "instance") ?? credentials.instanceId;
      const variables = credentialVariables({ ...credentials, instanceId });
      const set = Object.keys(variables).filter((name) => variables[name] !== undefined);
      progress(`${program[0]} runs with ${set.join(", ")}.`);
      const exitCode = await runProgram(program, { ...env, ...variables });
      return { json: { exitCode }, text: "", exitCode };
    } finally {
      await release?.().catch((error: Error) => progress(`${error.message} The secret expires in 24 hours.`));
    }
  },
};

async function findCredentials({ env, options }: CommandCall): Promise<Credentials> {
  const file = textOption(options, "credentials");
  const appId = textOption(options, "app");
  if (appId === undefined) return { credentials: readCredentials(env, file) };
  const platform = readManagedPlatform(env, { file, purpose: "--app" });
  const { appSecret, publicKey, remove } = await createTemporarySecret(platform, appId);
  return { credentials: { url: platform.url, appId, appSecret, publicKey }, release: remove };
}

function textOption(options: CommandCall["options"], name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
