import type { Dispatcher } from "undici";

const mostBytes = 65_536;

/**
 * Reads the beginning of an answer's body, and closes its connection when there is more.
 *
 * @param length what the answer says of its length
 */
export async function readBody(
  body: Dispatcher.ResponseData["body"],
  length: string | string[] | undefined,
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
