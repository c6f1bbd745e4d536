/** Secrets and tokens: those of Latchkey, JWTs, and every other word of 40 characters or more. */
const credentials = /eyJ[\w-]+(?:\.[\w-]*)*|\blk[a-z]_\w+|[\w+=-]{40,}/g;

/** Replaces everything in a text that looks like a secret or a token by `…`. */
export function withoutCredentials(text: string): string {
  return text.replaceAll(credentials, "…");
}

/** The first words of a response body for the log: no tags of HTML, no line breaks, no secrets or tokens. */
export function excerpt(body: string, maxLength = 120): string {
  const words = withoutCredentials(body.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ")).trim();
  return words.length > maxLength ? `${words.slice(0, maxLength)}…` : words;
}
