import type { Dispatcher } from "undici";

/**
 * Reads the beginning of an answer's body, and closes its connection when there is more.
 *
 * @param bounds what the answer says of its length, and how much of it is read, in bytes
 */
export async function readBody(
  body: Dispatcher.ResponseData["body"],
  { length, mostBytes }: { length: string | string[] | undefined; mostBytes: number },
): Promise<{ text: string; truncated: boolean }> {
  // Nobody can send more than was announced, and to read it as a whole is cheaper.
  if (Number(length ?? mostBytes + 1) <= mostBytes) return { text: await body.text(), truncated: false };
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
