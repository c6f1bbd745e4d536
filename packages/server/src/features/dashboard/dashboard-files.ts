import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

// The same from src and from dist.
const ownFolder = join(import.meta.dirname, "../../../dashboard");
const compress = promisify(gzip);

/** The files of the dashboard, as its build writes them. */
export interface BuiltDashboard {
  /** HTML with {@link noncePlaceholder} where a nonce belongs. */
  readonly page: string;
  readonly scripts: ReadonlyMap<string, BuiltFile>;
  readonly styles: ReadonlyMap<string, BuiltFile>;
}

/** What the build writes in place of the nonce of styles. */
export const noncePlaceholder = "CSP_NONCE";

/** A file that never changes: its name contains a hash of its content. */
export class BuiltFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  #gzipped: Promise<Uint8Array<ArrayBuffer>> | undefined;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes;
  }

  /** The compressed bytes, which are computed once. */
  gzipped(): Promise<Uint8Array<ArrayBuffer>> {
    this.#gzipped ??= compress(this.bytes);
    return this.#gzipped;
  }
}

/** Reads the built files; undefined when the dashboard is not built. */
export function readDashboard(folder: string = ownFolder): BuiltDashboard | undefined {
  if (!existsSync(join(folder, "index.html"))) return undefined;
  return {
    page: readFileSync(join(folder, "index.html"), "utf8"),
    scripts: readFiles(join(folder, "scripts")),
    styles: readFiles(join(folder, "styles")),
  };
}

function readFiles(folder: string): ReadonlyMap<string, BuiltFile> {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return new Map(names.map((name) => [name, new BuiltFile(readFileSync(join(folder, name)))]));
}
