import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { OperatorError } from "../../infrastructure/errors/index.ts";
import {
  countOpen,
  describeReport,
  finishMigration,
  migrateTokens,
  outcomeTexts,
  PlatformClient,
  parseExcused,
} from "../token-migration/index.ts";
import type { Command, CommandCall } from "./command.ts";

const defaultRate = 50;

/** Migrates an app from refresh tokens to client_credentials, through the HTTP API of its platform. */
export const migrateTokensCommand: Command = {
  summary: "Find the instance of each refresh token of an app that leaves the legacy flow",
  options: {
    input: { type: "string" },
    output: { type: "string" },
    column: { type: "string" },
    rate: { type: "string" },
    excuse: { type: "string" },
    finish: { type: "boolean" },
  },
  usage: [
    "--input <file>  Refresh tokens: CSV with a header, one token a line, or one JSON object a line",
    "--output <file>  The rows with their instances. A run that was stopped continues with <file>.journal",
    "--column <name>  The column of the refresh token. Default: refreshToken",
    `--rate <number>  Requests a second. Default: ${defaultRate}`,
    "--excuse <results>  Results that need no migration, such as invalid_token,instance_removed",
    "--finish  Also clear the App URL and the redirect URLs of the app, if every row is migrated or excused",
    "APP_ID, APP_SECRET, LATCHKEY_URL  The app and its platform. Default: https://www.wixapis.com",
    "LATCHKEY_ADMIN_KEY  For --finish: the admin key, or a key with the scope apps:write",
    ...Object.entries(outcomeTexts).map(([outcome, text]) => `result ${outcome}  ${text}`),
  ],
  async run({ env, options }) {
    const { column, excuse, finish } = options;
    const client = new PlatformClient(readApp(env), readRate(options.rate));
    const excused = typeof excuse === "string" ? parseExcused(excuse) : [];
    const key = env.LATCHKEY_ADMIN_KEY;
    if (finish === true && !key) throw new OperatorError("invalid_configuration", "Set LATCHKEY_ADMIN_KEY.");
    const files = { ...readFiles(options), column: typeof column === "string" ? column : undefined };
    const report = await migrateTokens(client, files, process.stderr);
    const open = countOpen(report, excused);
    if (finish === true && key) await finishMigration(client, key, { report, open });
    const end = finish === true ? "\nThe App URL and the redirect URLs of the app are cleared." : "";
    return {
      json: { ...report, finished: finish === true },
      text: describeReport(report) + end,
      failed: open > 0,
    };
  },
};

function readApp({ APP_ID, APP_SECRET, LATCHKEY_URL }: CommandCall["env"]) {
  if (APP_ID && APP_SECRET) {
    return { appId: APP_ID, appSecret: APP_SECRET, apiUrl: LATCHKEY_URL || "https://www.wixapis.com" };
  }
  throw new OperatorError("invalid_configuration", "Set APP_ID and APP_SECRET.");
}

function readRate(text: string | boolean | undefined): number {
  const rate = text === undefined ? defaultRate : Number(text);
  if (rate > 0 && rate <= 10_000) return rate;
  throw invalid("--rate is a number of requests a second, above 0 and up to 10000.");
}

function readFiles(options: CommandCall["options"]): { input: string; output: string } {
  const input = required(options, "input");
  const output = required(options, "output");
  if (!existsSync(dirname(output)))
    throw invalid("The directory of --output does not exist. Create it first.");
  const [from, to] = [input, output].map((file) => statSync(file, { throwIfNoEntry: false }));
  const isSame = from !== undefined && from.dev === to?.dev && from.ino === to.ino;
  if (isSame) throw invalid("--output must be another file than --input.");
  return { input, output };
}

function required(options: CommandCall["options"], name: string): string {
  const value = options[name];
  if (typeof value === "string" && value !== "") return value;
  throw invalid(`--${name} is required.`);
}

const invalid = (text: string) => new OperatorError("invalid_command", text);
