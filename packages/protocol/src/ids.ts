const guidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Checks whether a value is a GUID: 8-4-4-4-12 hexadecimal digits, upper or lower case.
 *
 * @example
 * isGuid("5A1C0000-0000-4000-8000-000000000001"); // true
 */
export function isGuid(value: unknown): value is string {
  return typeof value === "string" && guidPattern.test(value);
}

/**
 * Converts a GUID to lower case, the form in which it is stored and compared.
 *
 * @returns undefined when `value` is not a GUID
 * @example
 * canonicalGuid("5A1C0000-0000-4000-8000-00000000000F"); // "5a1c0000-0000-4000-8000-00000000000f"
 */
export function canonicalGuid(value: unknown): string | undefined {
  return isGuid(value) ? value.toLowerCase() : undefined;
}
