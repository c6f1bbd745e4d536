import type { Dispatcher } from "undici";

/** Reads up to `maxBytes` of a response body. Closes the connection when there is more. */
export async function readBody(
  body: Dispatcher.ResponseData["body"],
  { length, maxBytes }: { length: string | string[] | undefined; maxBytes: number },
): Promise<{ text: string; truncated: boolean }> {
  // A body cannot be longer than its Content-Length. Reading it at once is cheaper.
  if (Number(length ?? maxBytes + 1) <= maxBytes) return { text: await body.text(), truncated: false };
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, maxBytes - size));
    size += chunk.length;
    // Leaving the loop destroys the stream.
    if (size > maxBytes) break;
  }
  const text = new TextDecoder().decode(Buffer.concat(chunks));
  return { text, truncated: size > maxBytes };
}
