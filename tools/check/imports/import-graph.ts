import { dirname, posix } from "node:path";
import type { SourceFile } from "../source-files.ts";
import { type Import, scanImports } from "./scan-imports.ts";

/** An import of one file of the repository by another. */
export interface Edge {
  readonly from: string;
  /** Path from the root, or the specifier of a package. */
  readonly to: string;
  readonly kind: Import["kind"];
  readonly line: number;
}

/** Reads all imports of the given files; relative ones become paths from the repository's root. */
export function readEdges(files: readonly SourceFile[]): Edge[] {
  return files.flatMap(({ path, text }) =>
    scanImports({ path, text }).map(({ specifier, kind, line }) => ({
      from: path,
      to: specifier.startsWith(".") ? posix.join(dirname(path), specifier) : specifier,
      kind,
      line,
    })),
  );
}

/** Finds cycles among pairs of names; returns each once, as the names along it. */
export function findCycles(pairs: Iterable<readonly [string, string]>): string[][] {
  const next = new Map<string, Set<string>>();
  for (const [from, to] of pairs) if (from !== to) next.set(from, (next.get(from) ?? new Set()).add(to));
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): void => {
    const seen = trail.indexOf(name);
    if (seen >= 0) cycles.push([...trail.slice(seen), name]);
    if (seen >= 0 || done.has(name)) return;
    for (const target of next.get(name) ?? []) visit(target, [...trail, name]);
    done.add(name);
  };
  for (const name of next.keys()) visit(name, []);
  return cycles;
}
