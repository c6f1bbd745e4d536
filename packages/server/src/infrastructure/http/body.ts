import { parseStrictJson } from "@latchkey/protocol";
import { ApiError } from "../errors/index.ts";
import { findInexactNumber } from "./exact-numbers.ts";

export type BodyType = "json" | "form";

const mediaTypes: Record<BodyType, string> = {
  json: "application/json",
  form: "application/x-www-form-urlencoded",
};

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The largest body of the token endpoints and the management API, in bytes. */
const defaultBodyLimit: number = 64 * 1_024;

/**
 * Reads the type of a body from the headers.
 *
 * Throws `UNSUPPORTED_MEDIA_TYPE` for anything not in `allowed`, another charset than UTF-8, or a compressed body.
 */
export function bodyType(headers: Headers, allowed: readonly BodyType[]): BodyType {
  const [mediaType = "", ...parameters] = (headers.get("content-type") ?? "").toLowerCase().split(";");
  const type = allowed.find((candidate) => mediaTypes[candidate] === mediaType.trim());
  const utf8 = parameters.every((parameter) => /^\s*charset\s*=\s*"?utf-8"?\s*$/.test(parameter));
  const encoding = headers.get("content-encoding");
  if (type === undefined || !utf8 || (encoding !== null && encoding.toLowerCase() !== "identity")) {
    throw new ApiError("UNSUPPORTED_MEDIA_TYPE", {
      message: `Send the body uncompressed, in UTF-8, as ${allowed.map((one) => mediaTypes[one]).join(" or ")}.`,
    });
  }
  return type;
}

/**
 * Reads a body as text. Throws `BODY_TOO_LARGE` past `limit` bytes, before buffering more than that, `BODY_TIMEOUT` when
 * the client leaves before its end, and `INVALID_UTF8`.
 */
export async function readText(request: Request, limit: number = defaultBodyLimit): Promise<string> {
  const length = request.headers.get("content-length");
  if (length !== null && Number(length) > limit) throw tooLarge(limit);
  const bytes = await receive(length === null ? readBounded(request, limit) : request.arrayBuffer());
  try {
    return utf8.decode(bytes);
  } catch {
    throw new ApiError("INVALID_UTF8");
  }
}

/** Reads a JSON body. Throws what {@link parseBody}, {@link readText} and {@link bodyType} throw. */
export async function readJson(request: Request, limit: number = defaultBodyLimit): Promise<unknown> {
  bodyType(request.headers, ["json"]);
  return parseBody(await readText(request, limit));
}

/** Parses a JSON body. Throws `INVALID_JSON`, `DUPLICATE_KEY`, `INEXACT_NUMBER`. */
export function parseBody(text: string): unknown {
  const parsed = parseStrictJson(text);
  if ("fault" in parsed) throw new ApiError(parsed.fault);
  const position = findInexactNumber(text);
  if (position !== undefined) throw new ApiError("INEXACT_NUMBER", { data: { position } });
  return parsed.value;
}

/** A body that the client does not complete is an error of the client. */
async function receive(body: Promise<ArrayBuffer | Uint8Array>): Promise<ArrayBuffer | Uint8Array> {
  try {
    return await body;
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError("BODY_TIMEOUT", { cause: error });
  }
}

async function readBounded(request: Request, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (request.body === null) return new Uint8Array();
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(limit: number): ApiError {
  // The connection cannot be reused, because the rest of the body is not read.
  return new ApiError("BODY_TOO_LARGE", {
    message: `The body may have at most ${limit} bytes.`,
    headers: { connection: "close" },
  });
}
