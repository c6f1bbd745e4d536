import { readFileSync } from "node:fs";

/** The text below a heading of docs/reference/errors.md that names an error code. */
export interface DocumentedError {
  readonly code: string;
  /** `Status`, `When` and `Do`. */
  readonly facts: Readonly<Record<string, string>>;
}

const document = readFileSync(new URL("../../docs/reference/errors.md", import.meta.url), "utf8");

/** Reads the errors of one part of the document, such as `Errors of the APIs`. */
export function documentedErrors(part: string): DocumentedError[] {
  const text = document.split(/^## /m).find((one) => one.startsWith(`${part}\n`)) ?? "";
  return text
    .split(/^### /m)
    .slice(1)
    .map((entry) => {
      const facts = [...entry.matchAll(/^- (\w+): (.+)$/gm)].map(([, name, fact]) => [name, fact]);
      return { code: entry.slice(0, entry.indexOf("\n")), facts: Object.fromEntries(facts) };
    });
}

/** Statuses by code. */
export function statusesOf(errors: readonly DocumentedError[]): Record<string, number> {
  return Object.fromEntries(errors.map(({ code, facts }) => [code, Number(facts.Status)]));
}
