import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseSync } from "oxc-parser";

/** The statements of a declaration file, as text and syntax tree. */
interface Declarations {
  readonly file: string;
  readonly text: string;
  readonly body: ReturnType<typeof parseSync>["program"]["body"];
}

type Statement = Declarations["body"][number];
type ExportStatement = Extract<Statement, { type: "ExportNamedDeclaration" }>;

/**
 * Returns the declarations that an entry point exports, by name. What other packages declare is an export from them.
 *
 * @param file the declaration file of the entry point, without comments
 */
export function exportedDeclarations(file: string): Map<string, string> {
  const declarations = parse(file);
  const found = new Map<string, string>();
  for (const statement of declarations.body) {
    if (statement.type === "ExportAllDeclaration") {
      throw new Error(`${file}: the entry point exports \`*\`; list the names.`);
    }
    if (statement.type !== "ExportNamedDeclaration") continue;
    for (const exported of namesOf(statement)) {
      const { name, text } = declarationOf(declarations, exported);
      found.set(exported, name === exported ? text : `${text}\nexport { ${name} as ${exported} };`);
    }
  }
  return found;
}

function parse(file: string): Declarations {
  const text = readFileSync(file, "utf8");
  const { errors, program } = parseSync(file, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  return { file, text, body: program.body };
}

/** The names that a statement exports. */
function namesOf({ declaration, specifiers }: ExportStatement): string[] {
  const listed = specifiers.map(({ exported }) => nameOf(exported));
  return declaration === null ? listed : [...listed, ...declaredNames(declaration)];
}

function declaredNames(declaration: Statement): string[] {
  if (declaration.type === "VariableDeclaration") {
    return declaration.declarations.map(({ id }) => nameOf(id));
  }
  return "id" in declaration && declaration.id !== null ? [nameOf(declaration.id)] : [];
}

function nameOf(node: object): string {
  if ("name" in node && typeof node.name === "string") return node.name;
  return "value" in node ? String(node.value) : "";
}

/** A declaration with its overloads, and its name in the file that has it. */
function declarationOf({ body, file, text }: Declarations, name: string): { name: string; text: string } {
  const own = body.filter((statement) => declaredNames(declarationIn(statement)).includes(name));
  if (own.length > 0) {
    return { name, text: own.map(({ end, start }) => publicText(text.slice(start, end))).join("\n") };
  }
  for (const statement of body) {
    const source = sourceOf(statement, name);
    if (source === undefined) continue;
    if (!source.from.startsWith(".")) {
      return { name: source.name, text: `export { ${source.name} } from "${source.from}";` };
    }
    const target = join(dirname(file), source.from.replace(/\.(ts|js)$/, ".d.ts"));
    return declarationOf(parse(target), source.name);
  }
  throw new Error(`${file}: nothing declares ${name}.`);
}

function declarationIn(statement: Statement): Statement {
  return statement.type === "ExportNamedDeclaration" ? (statement.declaration ?? statement) : statement;
}

/** Where a statement gets a name from: another file or package. */
function sourceOf(statement: Statement, name: string): { from: string; name: string } | undefined {
  if (statement.type === "ImportDeclaration") {
    const imported = statement.specifiers.find(({ local }) => nameOf(local) === name);
    if (imported?.type !== "ImportSpecifier") return undefined;
    return { from: statement.source.value, name: nameOf(imported.imported) };
  }
  if (statement.type !== "ExportNamedDeclaration" || statement.source === null) return undefined;
  const exported = statement.specifiers.find((one) => nameOf(one.exported) === name);
  return exported && { from: statement.source.value, name: nameOf(exported.local) };
}

/** A declaration without private members, with `export` in front. */
function publicText(text: string): string {
  const lines = text.split("\n").filter((line) => !/^\s+(private\b|#private;)/.test(line));
  return lines.join("\n").replace(/^(export )?(declare )?/, "export ");
}
