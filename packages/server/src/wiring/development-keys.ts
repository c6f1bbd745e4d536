import { appendFileSync, chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// Keys that a development server makes for itself, so that nobody has to invent some for a first try.

/** A key made once and kept beside the development database. */
export function developmentEncryptionKey(dataDirectory: string): string {
  return readOrMake(dataDirectory, "encryption-key", newKey("base64")).trim();
}

/** The key to the management API, made once and kept in `demo.env`, where shells and `npm start` read it. */
export function developmentAdminKey(dataDirectory: string): string {
  const made = newKey("base64url");
  const line = `LATCHKEY_ADMIN_KEY=${made}\n`;
  const text = readOrMake(dataDirectory, "demo.env", line);
  const kept = /^LATCHKEY_ADMIN_KEY=(.*)$/m.exec(text)?.[1];
  if (kept !== undefined) return kept;
  const file = join(dataDirectory, "demo.env");
  chmodSync(file, 0o600);
  appendFileSync(file, text === "" || text.endsWith("\n") ? line : `\n${line}`);
  return made;
}

/** Reads a file; where there is none, makes it of `text`, for this user alone. */
function readOrMake(dataDirectory: string, name: string, text: string): string {
  const file = join(dataDirectory, name);
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  // The file appears with all that is in it or not at all, whoever else starts or dies at this moment.
  writeFileSync(draft, text, { mode: 0o600, flush: true });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(file, "utf8");
}

function newKey(encoding: "base64" | "base64url"): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString(encoding);
}
