import { TestKitError } from "./kit-error.ts";

/** The options of a method, each with its choices; null where any value of its type is taken. */
export type KnownOptions<Options> = {
  readonly [Name in keyof Required<Options>]: readonly string[] | null;
};

/**
 * Refuses an option that a method does not have, such as `scope` for `scopes`, and a value that is none of its choices.
 * Throws `invalid_option`.
 */
export function requireKnown<Options extends object>(
  method: string,
  options: Options,
  known: KnownOptions<Options>,
): void {
  const choicesOf = new Map<string, readonly string[] | null>(Object.entries(known));
  for (const [name, value] of Object.entries(options)) {
    const choices = choicesOf.get(name);
    if (choices === undefined) {
      throw new TestKitError(
        "invalid_option",
        `${method} has no option "${name}". It takes ${[...choicesOf.keys()].join(", ")}.`,
      );
    }
    if (choices === null || value === undefined || choices.includes(value)) continue;
    throw new TestKitError("invalid_option", `${name} of ${method} must be ${choices.join(" or ")}.`);
  }
}
