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
