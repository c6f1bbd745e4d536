import { parseSync, Visitor, type VisitorObject } from "oxc-parser";

/**
 * Parses a JavaScript or TypeScript file and visits its syntax tree.
 *
 * @throws Error with the path and the parser's message when the file has a syntax error.
 */
export function visitSource({ path, text }: { path: string; text: string }, visitor: VisitorObject): void {
  const { errors, program } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  new Visitor(visitor).visit(program);
}

/** A part of a file, by offsets. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Returns the ranges of comments, strings and template texts of a file, in order. */
export function readTexts(file: { path: string; text: string }): Range[] {
  const texts: Range[] = [...parseSync(file.path, file.text).comments];
  visitSource(file, {
    Literal(node) {
      if (typeof node.value === "string") texts.push(node);
    },
    TemplateElement: (node) => void texts.push(node),
  });
  return texts.sort((one, other) => one.start - other.start);
}
