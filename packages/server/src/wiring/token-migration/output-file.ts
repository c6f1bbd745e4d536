import { once } from "node:events";
import { createWriteStream, rmSync, type WriteStream } from "node:fs";
import { open, rename, stat } from "node:fs/promises";
import { OperatorError } from "../../infrastructure/errors/index.ts";

type Row = Readonly<Record<string, unknown>>;

/** Throws `migration_output_unusable` when writing the output would replace the input or a directory. */
export async function requireOutput(output: string, input: string): Promise<void> {
  const source = await stat(input);
  for (const file of [output, `${output}.part`, `${output}.journal`]) {
    const found = await stat(file).catch(() => undefined);
    const isInput = found !== undefined && found.ino === source.ino && found.dev === source.dev;
    if (isInput) throw new OperatorError("migration_output_unusable", `${file}: It is the input.`);
    if (found?.isDirectory())
      throw new OperatorError("migration_output_unusable", `${file}: It is a directory.`);
  }
}

/** Writes rows to a file that appears when it is complete, readable by its owner only. */
export class OutputFile {
  readonly #file: string;
  readonly #format: "csv" | "jsonl";
  readonly #stream: WriteStream;
  #header: readonly string[] | undefined;

  constructor(file: string, format: "csv" | "jsonl") {
    this.#file = file;
    this.#format = format;
    // An old file would keep its mode, and a link would lead elsewhere.
    rmSync(`${file}.part`, { force: true });
    this.#stream = createWriteStream(`${file}.part`, { flags: "wx", mode: 0o600 });
  }

  /** @param row every row of a CSV file has the columns of the first one */
  async write(row: Row): Promise<void> {
    let line = JSON.stringify(row);
    if (this.#format === "csv") {
      const isFirst = this.#header === undefined;
      this.#header ??= Object.keys(row);
      line = this.#header.map((name) => csvField(row[name])).join(",");
      if (isFirst) line = `${this.#header.map(csvField).join(",")}\n${line}`;
    }
    if (!this.#stream.write(`${line}\n`)) await once(this.#stream, "drain");
  }

  async close(): Promise<void> {
    this.#stream.end();
    await once(this.#stream, "close");
    const handle = await open(`${this.#file}.part`);
    await handle.sync();
    await handle.close();
    await rename(`${this.#file}.part`, this.#file);
  }
}

function csvField(value: unknown): string {
  const text = value === undefined || value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
