import type { Readable } from "node:stream";

const mostBytes = 65_536;

/** Reads the beginning of an answer's body, and closes its connection when there is more. */
export async function readBody(body: Readable): Promise<{ text: string; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, mostBytes - size));
    size += chunk.length;
    // To leave the loop destroys the stream.
    if (size > mostBytes) break;
  }
  const text = new TextDecoder().decode(Buffer.concat(chunks));
  return { text, truncated: size > mostBytes };
}
