declare const kind: unique symbol;

/** A string that the type checker keeps apart from strings of another kind. */
type Branded<Kind extends string> = string & { readonly [kind]: Kind };

/** Names an app. */
export type AppId = Branded<"app">;
/** Names a site. */
export type SiteId = Branded<"site">;
/** Names one instance of an app on a site. */
export type InstanceId = Branded<"instance">;
/** Names one of an app's secrets; not secret itself. */
export type SecretId = Branded<"secret">;

const guidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Tells whether a value is a GUID: 8-4-4-4-12 hexadecimal digits in either case, nothing around them.
 *
 * @example
 * isGuid("5A1C0000-0000-4000-8000-000000000001"); // true
 */
export function isGuid(value: unknown): value is string {
  return typeof value === "string" && guidPattern.test(value);
}

/**
 * The lower-case spelling of a GUID, under which it is stored and compared.
 *
 * @returns the id, or undefined when `value` is no GUID
 * @example
 * canonicalGuid<InstanceId>("5A1C0000-0000-4000-8000-00000000000F"); // "5a1c0000-0000-4000-8000-00000000000f"
 */
export function canonicalGuid<Id extends string = string>(value: unknown): Id | undefined {
  return isGuid(value) ? (value.toLowerCase() as Id) : undefined;
}
