/** The placeholder in a document for any text, or for further lines, members or items. */
const anything = "…";

/** Compares text with the output in a document, without white space at the ends. */
export function looksLike(shown: string, actual: string): boolean {
  return pattern(shown.trim()).test(actual.trim());
}

/** Compares JSON with the output in a document, without white space. */
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

/** `["…"]` at the end of an array matches further items. */
function sameItems(shown: readonly unknown[], actual: readonly unknown[]): boolean {
  const more = shown.at(-1) === anything;
  const items = more ? shown.slice(0, -1) : shown;
  const enough = more ? actual.length >= items.length : actual.length === items.length;
  return enough && items.every((item, index) => sameJson(item, actual[index]));
}

/** `"…": "…"` matches further members. */
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
