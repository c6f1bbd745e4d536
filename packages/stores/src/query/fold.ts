/**
 * Returns the form of a text that is stored for case-insensitive matching: composed (NFC), and lower case by the rules of
 * Unicode that do not depend on a language. `ß` does not match `ss`, and `İ` does not match `i`. The databases cannot do
 * this, because their rules differ.
 *
 * @example
 * fold("CAFE\u0301"); // "café"
 */
export function fold(text: string): string {
  // The lower case of Σ depends on the next letter, but a prefix must match before any letter.
  return text.normalize("NFC").toLowerCase().replaceAll("ς", "σ");
}
