import { nearestName } from "@latchkey/protocol";
import { LatchkeyError } from "../errors.ts";

/** The names of the options of a function. The type requires all of them. */
export type OptionNames<Options> = { readonly [Name in keyof Required<Options>]: null };

/**
 * Checks that options have only known names.
 *
 * @param where the function, such as `createApp`, or an option of it
 * @throws {LatchkeyError} `invalid_option`
 */
export function requireKnown(where: string, options: unknown, known: object): void {
  if (typeof options !== "object" || options === null) {
    throw new LatchkeyError("invalid_option", `${where} takes an object with options.`);
  }
  const names = Object.keys(known);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const meant = nearestName(unknown, names);
  throw new LatchkeyError(
    "invalid_option",
    `${where} has no option ${quoted(unknown)}.${didYouMean(meant)} It takes ${names.join(", ")}.`,
  );
}

/** Returns a question, or nothing without a name. */
export function didYouMean(name: string | undefined): string {
  return name === undefined ? "" : ` Did you mean ${quoted(name)}?`;
}

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}
