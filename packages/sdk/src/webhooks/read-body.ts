import { LatchkeyError } from "../errors.ts";

/**
 * Reads the body of a request as text.
 *
 * @throws {LatchkeyError} `body_already_read`
 */
export async function readBody(request: Request): Promise<string> {
  if (typeof request?.text !== "function") throw notText(request);
  if (request.bodyUsed) {
    throw new LatchkeyError("body_already_read", `The body of the request has already been read. ${remedy}`);
  }
  return await request.text();
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
