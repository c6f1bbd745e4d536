/** A text from outside in a form that both databases store: without NUL and lone surrogates, at most `maxLength` long. */
export function storableText(text: string, maxLength: number): string {
  return text.replaceAll("\0", "").slice(0, maxLength).toWellFormed();
}
