import { maskSource } from "../mask-source.ts";
import { lineAt } from "../source-files.ts";

/** One import of a file: `dynamic` is `import()`, `type` vanishes when the types are removed. */
export interface Import {
  readonly specifier: string;
  readonly kind: "value" | "type" | "dynamic";
  readonly line: number;
}

const patterns: readonly { find: RegExp; kind(match: RegExpExecArray): Import["kind"] }[] = [
  {
    // import … from "x", export … from "x"
    find: /(?<![\w$.])(?:import|export)\s+(type\s+(?!from\b))?[\w\s{},*$]*?\bfrom\s*(["'])(?<blank>\s*)\2/dg,
    kind: (match) => (match[1] ? "type" : "value"),
  },
  {
    // import "x"
    find: /(?<![\w$.])import\s*(["'])(?<blank>\s*)\1/dg,
    kind: () => "value",
  },
  {
    // import("x") as a call, or as a type: import("x").Name
    find: /(?<![\w$.])(typeof\s+)?import\s*\(\s*(["'])(?<blank>\s*)\2\s*,?\s*\)(\s*\.\s*[A-Z])?/dg,
    kind: (match) => (match[1] || match[4] ? "type" : "dynamic"),
  },
];

/** Finds the imports and re-exports of a JavaScript or TypeScript file, in the order of their lines. */
export function scanImports(source: string): Import[] {
  const masked = maskSource(source);
  const imports = patterns.flatMap(({ find, kind }) =>
    Array.from(masked.matchAll(find), (match) => {
      const [from = 0, to = 0] = match.indices?.groups?.blank ?? [];
      return { specifier: source.slice(from, to), kind: kind(match), line: lineAt(source, from) };
    }),
  );
  return imports.sort((a, b) => a.line - b.line);
}
