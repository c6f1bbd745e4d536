import { TestKitError } from "./kit-error.ts";

/** The options of a method with their allowed values; null when every value of the type is allowed. */
export type KnownOptions<Options> = {
  readonly [Name in keyof Required<Options>]: readonly string[] | null;
};

/** Throws `invalid_option` for an unknown option, such as `scope` for `scopes`, and for a value that is not allowed. */
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
