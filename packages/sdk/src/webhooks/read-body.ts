import { LatchkeyError } from "../errors.ts";

/** The maximum size of a body, in bytes. */
const maxBodyBytes = 1_048_576;

/**
 * Reads the body of a request as text, up to {@link maxBodyBytes}.
 *
 * @throws {LatchkeyError} `body_already_read`, `body_too_large`
 */
export async function readBody(request: Request): Promise<string> {
  if (typeof request?.text !== "function") throw notText(request);
  if (request.bodyUsed) {
    throw new LatchkeyError("body_already_read", `The body of the request has already been read. ${remedy}`);
  }
  if (Number(request.headers.get("content-length")) > maxBodyBytes) throw bodyTooLarge();
  const reader = request.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    size += part.value.byteLength;
    if (size > maxBodyBytes) {
      // Cancelled without waiting, because the source can take long to stop.
      reader?.cancel().catch(() => undefined);
      throw bodyTooLarge();
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}

/** Creates the error for a body above {@link maxBodyBytes}. */
function bodyTooLarge(): LatchkeyError {
  return new LatchkeyError(
    "body_too_large",
    "The body of the request has more than 1 MiB. The platform sends less: check what calls this address.",
  );
}

/**
 * Checks that a JWT is text. The error explains how to get the unparsed body.
 *
 * @throws {LatchkeyError} `body_already_read`
 */
export function requireText(jwt: unknown): string {
  if (typeof jwt === "string" && jwt !== "" && jwt !== "[object Object]") return jwt;
  throw notText(jwt);
}

const remedy =
  "Read it as text before any parser: in Express use express.text({ type: '*/*' }) on this path, before express.json(); " +
  "in Fastify add addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body)) in its own plugin; " +
  "in Next.js set bodyParser: false, or use a route handler; in Hono pass c.req.raw.";

function notText(value: unknown): LatchkeyError {
  const what =
    typeof value === "object" && value !== null && !(value instanceof Uint8Array) ? "an object" : "not text";
  return new LatchkeyError(
    "body_already_read",
    `The webhook is ${what}, because the body has already been parsed. ${remedy}`,
  );
}
