/**
 * The form in which text is matched without case: composed (NFC), lower case by Unicode's own rules and by no
 * language's. It is made here and stored, since the two databases fold differently. Letters that only one language
 * takes for the same stay apart: `ß` is not `ss`, `İ` is not `i`.
 *
 * @example
 * fold("CAFE\u0301"); // "café"
 */
export function fold(text: string): string {
  // The lower case of Σ depends on what follows it, and a beginning must match whatever follows.
  return text.normalize("NFC").toLowerCase().replaceAll("ς", "σ");
}
