/** Stands, in what a document shows, for any text, or for any further lines, members or items. */
const anything = "…";

/** Whether text is what a document shows, white space at the ends aside. */
export function looksLike(shown: string, actual: string): boolean {
  return pattern(shown.trim()).test(actual.trim());
}

/** Whether JSON is what a document shows, whatever its white space. */
export function sameJson(shown: unknown, actual: unknown): boolean {
  if (typeof shown === "string" && typeof actual === "string") return pattern(shown).test(actual);
  if (Array.isArray(shown) && Array.isArray(actual)) return sameItems(shown, actual);
  if (isObject(shown) && isObject(actual)) return sameMembers(shown, actual);
  return Object.is(shown, actual);
}

type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `["…"]` at the end of the shown items stands for any more of them. */
function sameItems(shown: readonly unknown[], actual: readonly unknown[]): boolean {
  const more = shown.at(-1) === anything;
  const items = more ? shown.slice(0, -1) : shown;
  const enough = more ? actual.length >= items.length : actual.length === items.length;
  return enough && items.every((item, index) => sameJson(item, actual[index]));
}

/** `"…": "…"` stands for any more members. */
function sameMembers(shown: Members, actual: Members): boolean {
  const more = Object.hasOwn(shown, anything);
  const names = Object.keys(shown).filter((name) => name !== anything);
  const enough = more || Object.keys(actual).length === names.length;
  return enough && names.every((name) => Object.hasOwn(actual, name) && sameJson(shown[name], actual[name]));
}

function pattern(shown: string): RegExp {
  const parts = shown.split(anything).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}
