import { readFileSync, statSync } from "node:fs";
import type { Resource } from "../../features/resources/index.ts";
import { systemClock } from "../../infrastructure/clock/index.ts";
import { parseMasterKeys } from "../../infrastructure/crypto/index.ts";
import { OperatorError } from "../../infrastructure/errors/index.ts";
import type { Config } from "../config.ts";
import { addDevelopmentEncryptionKeys } from "../development-keys.ts";

/** A state that a file contains; `importIntoDatabase` checks it. */
export interface GivenState {
  readonly encryptionKey?: unknown;
}

const maxBytes = 256 * 1024 * 1024;

/** Reads a state from a file of at most 256 MiB. Throws `invalid_state`. */
export function readStateFile(file: string): GivenState {
  try {
    const { size } = statSync(file);
    if (size > maxBytes) throw new OperatorError("invalid_state", `${file} has more than 256 MiB.`);
    return Object(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    if (cause instanceof OperatorError) throw cause;
    // An error of syntax quotes the text, which can be a secret.
    if (cause instanceof SyntaxError) throw new OperatorError("invalid_state", `${file} is not JSON.`);
    const advice = `${file} cannot be read. Give a file that latchkey state export wrote.`;
    throw new OperatorError("invalid_state", advice, { cause });
  }
}

/**
 * Lets a development server decrypt a state: adds the key of the state to its own. With `LATCHKEY_ENCRYPTION_KEY` it keeps that
 * one. Throws `invalid_configuration` for a key that is not valid.
 */
export function addKeyOf({ encryptionKey }: GivenState, dataDirectory: string): void {
  if (typeof encryptionKey !== "string") return;
  parseMasterKeys(encryptionKey);
  addDevelopmentEncryptionKeys(dataDirectory, encryptionKey);
}

/** Stores a state in the database of a server that does not run yet. Throws as `importIntoDatabase` does. */
export async function importGivenState(
  config: Config,
  state: GivenState,
  resources: readonly Resource[],
): Promise<void> {
  const { importIntoDatabase } = await import("../development/index.ts");
  await importIntoDatabase({ ...config, clock: systemClock, resources }, state);
}
