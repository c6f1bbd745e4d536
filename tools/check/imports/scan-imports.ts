import { visitSource } from "../parse-source.ts";
import { lineAt, type SourceFile } from "../source-files.ts";

/** One import of a file. */
export interface Import {
  readonly specifier: string;
  /** `value` loads the module at the start, `dynamic` is `import()`, `type` is removed with the types. */
  readonly kind: "value" | "type" | "dynamic";
  readonly line: number;
}

/** Returns the imports and re-exports of a file in the order of their lines; computed specifiers are left out. */
export function scanImports(file: SourceFile): Import[] {
  const imports: Import[] = [];
  const add = (source: unknown, kind: Import["kind"]): void => {
    const { start, value } = (source ?? {}) as { start?: number; value?: unknown };
    if (start === undefined || typeof value !== "string") return;
    imports.push({ specifier: value, kind, line: lineAt(file.text, start) });
  };
  visitSource(file, {
    ImportDeclaration: (node) => add(node.source, node.importKind ?? "value"),
    ExportNamedDeclaration: (node) => add(node.source, node.exportKind ?? "value"),
    ExportAllDeclaration: (node) => add(node.source, node.exportKind ?? "value"),
    ImportExpression: (node) => add(node.source, "dynamic"),
    TSImportType: (node) => add(node.source, "type"),
  });
  return imports.sort((a, b) => a.line - b.line);
}
