import { jsonResponse } from "../../infrastructure/http/index.ts";

const maxBytes = 1_024 * 1_024;

/** Whether responses with this status have no body. */
export function hasNoBody(status: number): boolean {
  return [204, 205, 304].includes(status);
}

/** Converts the result of a stub. Throws `TypeError` for a value that is not JSON, and `RangeError` above 1 MiB. */
export async function toResponse(result: unknown): Promise<Response> {
  if (isResponse(result)) return await bounded(result);
  const { body, status } = isStatusAndBody(result) ? result : { status: 200, body: result };
  if (body === undefined && hasNoBody(status)) return new Response(null, { status });
  if (JSON.stringify(body) === undefined) throw new TypeError("The value is not JSON.");
  return await bounded(jsonResponse(body, { status }));
}

/** Whether a value is a `Response`, also of another class than the global one. */
function isResponse(value: unknown): value is Response {
  return Object.prototype.toString.call(value) === "[object Response]";
}

function isStatusAndBody(value: unknown): value is { status: number; body: unknown } {
  if (typeof value !== "object" || value === null || !("status" in value)) return false;
  return typeof value.status === "number" && Object.keys(value).sort().join() === "body,status";
}

async function bounded(response: Response): Promise<Response> {
  if (response.body === null) return response;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new RangeError("The response is larger than 1 MiB.");
    chunks.push(chunk);
  }
  const { headers, status } = response;
  return new Response(Buffer.concat(chunks), { status, headers });
}
