import { randomBytes } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { seconds, systemClock } from "../../infrastructure/clock/index.ts";
import { parseMasterKeys, Vault } from "../../infrastructure/crypto/index.ts";
import { OperatorError } from "../../infrastructure/errors/index.ts";
import { fitsDatabase } from "../bootstrap.ts";
import { findDevelopmentEncryptionKey } from "../development-keys.ts";
import { type ManagedPlatform, readManagedPlatform } from "../program/index.ts";
import type { Command } from "./command.ts";

const timeoutMs = seconds(60);

/** Writes what a development server has stored to a file. */
export const stateCommand: Command = {
  summary: "Write the state of a development server to a file, for the test kit and latchkey dev --state",
  positionals: ["export", "<file>"],
  options: { force: { type: "boolean" } },
  usage: [
    "<file>  It contains secrets of apps. Only its owner can read it",
    "--force  Replace a file that exists",
    "LATCHKEY_URL, LATCHKEY_ADMIN_KEY  The server, in the environment, else in .latchkey/demo.env",
  ],
  async run({ env, options, positionals: [, file = ""] = [] }) {
    const exported = await fetchState(readManagedPlatform(env, { purpose: "latchkey state export" }));
    const { tables, ...header } = exported;
    const key =
      env.LATCHKEY_ENCRYPTION_KEY || findDevelopmentEncryptionKey(env.LATCHKEY_DATA_DIR || ".latchkey");
    const encryptionKey = key !== undefined && isKeyOf(key, exported) ? key : undefined;
    writeNew(file, `${JSON.stringify({ ...header, encryptionKey, tables })}\n`, options.force === true);
    const rows = Object.values(tables).reduce((count, { length }) => count + length, 0);
    const missing =
      "\nIt does not contain the encryption key, which is not on this machine: who imports it sets LATCHKEY_ENCRYPTION_KEY.";
    return {
      json: { file, rows, hasEncryptionKey: encryptionKey !== undefined },
      text: `${rows} rows written to ${file}. It contains secrets: keep it out of repositories.${encryptionKey ? "" : missing}`,
    };
  },
};

interface ExportedState {
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

async function fetchState({ key, url }: ManagedPlatform): Promise<ExportedState> {
  const address = new URL("/admin/v1/dev/state", url);
  const timeout = new AbortController();
  const timer = systemClock.after(timeoutMs, () => timeout.abort());
  try {
    const headers = { authorization: `Bearer ${key}` };
    const response = await fetch(address, { headers, redirect: "error", signal: timeout.signal });
    const received = (await response.json()) as ExportedState & { readonly message?: string };
    if (response.ok) return received;
    throw new Error(`${response.status} ${received.message}`);
  } catch (error) {
    // An error of syntax quotes the text, which can be a secret.
    const cause = error instanceof SyntaxError ? new Error("The response is not JSON.") : error;
    const advice = `GET ${address.href} failed. Only a server in development exports its state.`;
    throw new OperatorError("state_not_exported", advice, { cause });
  } finally {
    timer.cancel();
  }
}

/** Whether a key decrypts the secrets of a state. */
function isKeyOf(key: string, { tables }: ExportedState): boolean {
  const keyCheck = tables.platform?.[0]?.key_check;
  return typeof keyCheck === "string" && fitsDatabase(new Vault(parseMasterKeys(key), randomBytes), keyCheck);
}

/** Writes a file that only its owner can read. A link is never followed: it is refused, or replaced by the file. */
function writeNew(file: string, text: string, replaces: boolean): void {
  const draft = `${file}.${process.pid}.new`;
  try {
    writeFileSync(replaces ? draft : file, text, { mode: 0o600, flag: "wx" });
    if (replaces) renameSync(draft, file);
  } catch (cause) {
    if (replaces) rmSync(draft, { force: true });
    const exists = (cause as { code?: unknown }).code === "EEXIST";
    const advice = exists
      ? `${file} exists. Name another file, or pass --force.`
      : `${file} cannot be written.`;
    throw new OperatorError("state_not_exported", advice, { cause });
  }
}
