import { secretPattern } from "@latchkey/protocol";

const placeholder = "[redacted]";
const maxTextLength = 500;
const jwtPattern = /eyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const anySecretPattern = new RegExp(secretPattern, "g");

/** Replaces the given secrets, and everything that looks like a Latchkey secret or a JWT. */
export function redact(text: string, secrets: readonly string[]): string {
  const without = secrets.reduce(
    (rest, secret) => (secret === "" ? rest : rest.replaceAll(secret, placeholder)),
    text,
  );
  return without.replace(jwtPattern, placeholder).replace(anySecretPattern, placeholder);
}

/** Redacts text for an error message: one line of at most 500 characters. */
export function redactLine(text: string, secrets: readonly string[]): string {
  const line = redact(text, secrets).replace(/\s+/g, " ").trim();
  return line.length > maxTextLength ? `${line.slice(0, maxTextLength)}…` : line;
}

/** Parses JSON with all secrets redacted. Returns undefined when `text` is not JSON. */
export function parseRedacted(text: string, secrets: readonly string[]): unknown {
  try {
    // Redacted as text for keys and numbers, and again as values because of JSON escapes.
    return JSON.parse(redact(text, secrets), (_key, value: unknown) =>
      typeof value === "string" ? redact(value, secrets) : value,
    );
  } catch {
    return undefined;
  }
}

/**
 * Copies the name, code and redacted message of an error. Other members are dropped, because HTTP libraries attach
 * the whole request to their errors.
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
