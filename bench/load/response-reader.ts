/** An HTTP/1.1 response. `body` has a character per byte (latin1). */
export interface HttpResponse {
  readonly status: number;
  readonly body: string;
}

/** Splits a stream of bytes into HTTP/1.1 responses, with a length or in chunks. */
export class ResponseReader {
  #text = "";

  /** Adds received bytes. Returns undefined until a response is complete. */
  push(bytes: Buffer): HttpResponse | undefined {
    this.#text += bytes.toString("latin1");
    const headEnd = this.#text.indexOf("\r\n\r\n");
    if (headEnd === -1) return undefined;
    const head = this.#text.slice(0, headEnd);
    const rest = this.#text.slice(headEnd + 4);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    const body = length === undefined ? readChunks(rest) : readLength(rest, Number(length));
    if (body === undefined) return undefined;
    this.#text = "";
    return { status: Number(head.slice(9, 12)), body };
  }
}

function readLength(text: string, length: number): string | undefined {
  return text.length < length ? undefined : text.slice(0, length);
}

function readChunks(text: string): string | undefined {
  if (!text.endsWith("0\r\n\r\n")) return undefined;
  let body = "";
  let position = 0;
  for (;;) {
    const lineEnd = text.indexOf("\r\n", position);
    const size = Number.parseInt(text.slice(position, lineEnd), 16);
    if (lineEnd === -1 || Number.isNaN(size)) return undefined;
    if (size === 0) return body;
    body += text.slice(lineEnd + 2, lineEnd + 2 + size);
    position = lineEnd + 2 + size + 2;
    if (position > text.length) return undefined;
  }
}
