import { TestKitError } from "./kit-error.ts";

/** What an option takes: one of these texts, or a value of this type; null when another function checks it. */
type Allowed = readonly string[] | "string" | "number" | "boolean" | "array" | null;

/** The options of a method with what they take. */
export type KnownOptions<Options> = { readonly [Name in keyof Required<Options>]: Allowed };

/** Throws `invalid_option` for an unknown option, such as `scope` for `scopes`, and for a value that is not allowed. */
export function requireKnown<Options extends object>(
  method: string,
  options: Options,
  known: KnownOptions<Options>,
): void {
  const allowedOf = new Map<string, Allowed>(Object.entries(known));
  for (const [name, value] of Object.entries(options)) {
    const allowed = allowedOf.get(name);
    if (allowed === undefined) {
      throw new TestKitError(
        "invalid_option",
        `${method} has no option "${name}". It takes ${[...allowedOf.keys()].join(", ")}.`,
      );
    }
    if (value === undefined || isAllowed(value, allowed)) continue;
    const form = typeof allowed === "string" ? `of type ${allowed}` : allowed?.join(" or ");
    throw new TestKitError("invalid_option", `${name} of ${method} must be ${form}.`);
  }
}

function isAllowed(value: unknown, allowed: Allowed): boolean {
  if (allowed === null) return true;
  if (typeof allowed === "object") return allowed.includes(value as string);
  if (allowed === "array") return Array.isArray(value);
  return typeof value === allowed && !Number.isNaN(value);
}
