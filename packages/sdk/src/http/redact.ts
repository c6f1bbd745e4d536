import { secretPattern } from "@latchkey/protocol";

const placeholder = "[redacted]";
const maxTextLength = 500;
const jwtPattern = /eyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const anySecretPattern = new RegExp(secretPattern, "g");

/** Replaces the named secrets, and whatever else looks like one of Latchkey's secrets or like a token. */
export function redact(text: string, secrets: readonly string[]): string {
  const without = secrets.reduce(
    (rest, secret) => (secret === "" ? rest : rest.replaceAll(secret, placeholder)),
    text,
  );
  return without.replace(jwtPattern, placeholder).replace(anySecretPattern, placeholder);
}

/** {@link redact} for text that goes into a message: one line of at most 500 characters. */
export function redactLine(text: string, secrets: readonly string[]): string {
  const line = redact(text, secrets).replace(/\s+/g, " ").trim();
  return line.length > maxTextLength ? `${line.slice(0, maxTextLength)}…` : line;
}

/** Reads JSON with every secret replaced, or undefined when `text` is none. */
export function parseRedacted(text: string, secrets: readonly string[]): unknown {
  try {
    // Once as text for keys and numbers, once as values for characters that JSON spells with escapes.
    return JSON.parse(redact(text, secrets), (_key, value: unknown) =>
      typeof value === "string" ? redact(value, secrets) : value,
    );
  } catch {
    return undefined;
  }
}

/**
 * A copy of a foreign error that keeps its name, code and redacted message and nothing else: an HTTP library may
 * hang the whole request, headers included, on the errors it throws.
 */
export function sanitisedCause(value: unknown, secrets: readonly string[], depth = 3): Error | undefined {
  if (typeof value !== "object" || value === null || depth === 0) return undefined;
  const { name, message, code, cause } = value as Record<"name" | "message" | "code" | "cause", unknown>;
  const copy = new Error(typeof message === "string" ? redactLine(message, secrets) : "", {
    cause: sanitisedCause(cause, secrets, depth - 1),
  });
  copy.name = typeof name === "string" ? redactLine(name, secrets) : "Error";
  copy.stack = `${copy.name}: ${copy.message}`;
  return typeof code === "string" ? Object.assign(copy, { code: redactLine(code, secrets) }) : copy;
}
