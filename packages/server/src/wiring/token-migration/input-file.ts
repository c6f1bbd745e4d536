import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { parse } from "csv-parse";
import { OperatorError } from "../../infrastructure/errors/index.ts";

/** A row of the input: its columns in order, and the refresh token in it. */
export interface InputRow {
  readonly kind: "token" | "blank" | "invalid";
  /** Every column except that of the refresh token. */
  readonly columns: Readonly<Record<string, unknown>>;
  /** Empty unless `kind` is `token`. */
  readonly refreshToken: string;
}

/** A file of refresh tokens: CSV with a header, one token a line, or a JSON object a line. */
export interface InputFile {
  readonly format: "csv" | "jsonl";
  /** Reads the file from its beginning, row by row. Throws `migration_file_invalid`. */
  rows(onBytes?: (bytes: number) => void): AsyncIterable<InputRow>;
  readonly bytes: number;
}

const maxRowBytes = 65_536;
const blank: InputRow = { kind: "blank", columns: {}, refreshToken: "" };

/**
 * Opens a file. Throws `migration_file_invalid` for a file that cannot be read or is not UTF-8.
 *
 * @param column the column of the refresh token; default: `refreshToken` or `refresh_token`
 */
export async function openInput(file: string, column: string | undefined): Promise<InputFile> {
  const { bytes, start } = await readStart(file);
  if (start.startsWith("\uFFFD\uFFFD")) throw invalid(file, "It is not UTF-8.");
  const first = start.replace(/^\uFEFF/, "").trimStart();
  if (first.startsWith("["))
    throw invalid(file, "A JSON array cannot be read in parts. Write one JSON object a line.");
  const format = first.startsWith("{") ? "jsonl" : "csv";
  return {
    format,
    bytes,
    rows(onBytes = () => {}) {
      const read = createReadStream(file);
      read.on("data", (chunk) => onBytes(chunk.length));
      return format === "csv" ? csvRows(file, read, column) : jsonRows(file, read, column);
    },
  };
}

async function readStart(file: string): Promise<{ start: string; bytes: number }> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4_096), 0, 4_096, 0);
      return { start: buffer.toString("utf8", 0, bytesRead), bytes: (await handle.stat()).size };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new OperatorError("migration_file_invalid", `${file} cannot be read.`, { cause });
  }
}

async function* csvRows(
  file: string,
  source: NodeJS.ReadableStream,
  column: string | undefined,
): AsyncGenerator<InputRow> {
  let header: readonly string[] | undefined;
  let index = 0;
  for await (const fields of records(file, source, { delimiter: ",", relax_quotes: true })) {
    if (fields.every((field) => field.trim() === "")) {
      // Blank lines before the header are no rows either.
      if (header !== undefined) yield blank;
      continue;
    }
    if (header === undefined) {
      const at = findColumn(file, fields, column);
      index = at ?? 0;
      header = at === undefined ? ["refreshToken"] : fields.map((name) => name.trim());
      if (at !== undefined) continue;
    }
    const named = header.map((name, at) => [name, fields[at] ?? ""] as const);
    yield rowOf(fields[index], Object.fromEntries(named.filter((_, at) => at !== index)));
  }
}

/** The place of the column of refresh tokens; undefined for a list of tokens, which needs no header. */
function findColumn(file: string, fields: readonly string[], column: string | undefined): number | undefined {
  const [at, ...others] = fields.flatMap((name, index) => (isTokenColumn(name, column) ? [index] : []));
  if (others.length > 0) throw invalid(file, "Several columns have refresh tokens. Name one with --column.");
  if (at !== undefined) return at;
  if (column !== undefined) throw invalid(file, `No column is named ${column}.`);
  if (fields.length > 1) {
    throw invalid(file, "No column is named refreshToken. Name the column with --column.");
  }
  if (fields[0]?.split(/[;\t|]/).some((name) => isTokenColumn(name, column))) {
    throw invalid(file, "The columns of a CSV file are separated by commas.");
  }
  return undefined;
}

async function* jsonRows(
  file: string,
  source: NodeJS.ReadableStream,
  column: string | undefined,
): AsyncGenerator<InputRow> {
  // A delimiter that JSON text cannot contain: each line is one field.
  for await (const [line = ""] of records(file, source, { delimiter: "\u0000", quote: null })) {
    if (line.trim() === "") yield blank;
    else yield jsonRow(line, column);
  }
}

function jsonRow(line: string, column: string | undefined): InputRow {
  try {
    const value: unknown = JSON.parse(line);
    const entries = typeof value === "object" && !Array.isArray(value) ? Object.entries(value ?? {}) : [];
    const tokens = entries.filter(([name]) => isTokenColumn(name, column));
    const columns = Object.fromEntries(entries.filter((entry) => !tokens.includes(entry)));
    return rowOf(tokens.length === 1 ? tokens[0]?.[1] : undefined, columns);
  } catch {
    return rowOf(undefined, {});
  }
}

/** A token has no white space: it is sent in JSON, and printed nowhere. */
function rowOf(token: unknown, columns: Readonly<Record<string, unknown>>): InputRow {
  const refreshToken = typeof token === "string" ? token.trim() : "";
  const isToken = /^[\x21-\x7e]{1,8192}$/.test(refreshToken);
  return isToken ? { kind: "token", columns, refreshToken } : { kind: "invalid", columns, refreshToken: "" };
}

async function* records(
  file: string,
  source: NodeJS.ReadableStream,
  options: object,
): AsyncGenerator<readonly string[]> {
  const parser = parse({
    bom: true,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    max_record_size: maxRowBytes,
    ...options,
  });
  source.on("error", (error) => parser.destroy(error));
  try {
    for await (const fields of source.pipe(parser)) yield fields as string[];
  } catch (error) {
    // The message of the parser contains the row.
    const line = (error as { lines?: number }).lines;
    throw invalid(
      file,
      `Line ${line ?? "?"} is longer than ${maxRowBytes} bytes, or a quote in it is never closed.`,
    );
  }
}

function isTokenColumn(name: string, column: string | undefined): boolean {
  if (column !== undefined) return name.trim() === column;
  return name.toLowerCase().replaceAll(/[\s_-]/g, "") === "refreshtoken";
}

function invalid(file: string, why: string): OperatorError {
  return new OperatorError("migration_file_invalid", `${file}: ${why}`);
}
