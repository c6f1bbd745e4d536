import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { apiKeyPrefix, formatSecret } from "@latchkey/protocol";

/** Reads the encryption key of a development server. Creates it in the data directory if it does not exist. */
export function developmentEncryptionKey(dataDirectory: string): string {
  return readOrCreate(dataDirectory, "encryption-key", newKey()).trim();
}

/** Reads the encryption key of a development server. Returns undefined when there is none. */
export function findDevelopmentEncryptionKey(dataDirectory: string): string | undefined {
  const file = join(dataDirectory, "encryption-key");
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}

/** Adds keys to the encryption key of a development server, which then also decrypts what they encrypted. */
export function addDevelopmentEncryptionKeys(dataDirectory: string, added: string): void {
  const existing = developmentEncryptionKey(dataDirectory);
  const keys = new Set(`${existing},${added}`.split(",").map((key) => key.trim()));
  const file = join(dataDirectory, "encryption-key");
  writeFileSync(`${file}.new`, [...keys].join(), { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}

/** Reads the admin key of a development server from `demo.env`. Creates it if it does not exist. */
export function developmentAdminKey(dataDirectory: string): string {
  const created = formatSecret(crypto.getRandomValues(new Uint8Array(32)), apiKeyPrefix);
  const line = `LATCHKEY_ADMIN_KEY=${created}\n`;
  const text = readOrCreate(dataDirectory, "demo.env", line);
  const existing = /^LATCHKEY_ADMIN_KEY=(.*)$/m.exec(text)?.[1];
  if (existing !== undefined) return existing;
  const file = join(dataDirectory, "demo.env");
  chmodSync(file, 0o600);
  appendFileSync(file, text === "" || text.endsWith("\n") ? line : `\n${line}`);
  return created;
}

/** Reads a file, after creating it with `text`, readable by this user only, if it does not exist. */
function readOrCreate(dataDirectory: string, name: string, text: string): string {
  const file = join(dataDirectory, name);
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  // `linkSync` creates the complete file atomically, even if other processes start or crash at the same time.
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

function newKey(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64");
}
