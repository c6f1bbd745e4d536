import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { open, rename } from "node:fs/promises";

type Row = Readonly<Record<string, unknown>>;

/** Writes rows to a file that appears when it is complete, readable by its owner only. */
export class OutputFile {
  readonly #file: string;
  readonly #format: "csv" | "jsonl";
  readonly #stream: WriteStream;
  #header: readonly string[] | undefined;

  constructor(file: string, format: "csv" | "jsonl") {
    this.#file = file;
    this.#format = format;
    this.#stream = createWriteStream(`${file}.part`, { mode: 0o600 });
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
