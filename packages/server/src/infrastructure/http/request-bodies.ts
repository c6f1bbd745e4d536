import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError } from "../errors/index.ts";
import type { ConnectionLimits } from "./connection-limits.ts";
import { CountByAddress } from "./count-by-address.ts";

/** No route reads a larger body. */
const largestBody = 1_048_576;

/** Limits the bytes of request bodies that are being received or processed. */
export class RequestBodies {
  readonly #limits: ConnectionLimits;
  /** Oldest first. */
  readonly #requests = new Map<IncomingMessage, { readonly address: string; readonly bytes: number }>();
  readonly #bytes = new CountByAddress();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /**
   * Counts the body of a request, as large as it may become, until the response is closed. Past the limit of all, the oldest
   * requests whose bodies are not complete are cut off. Throws `RESOURCE_EXHAUSTED` past the limit of the address, and
   * `UNAVAILABLE` when all bodies are complete.
   */
  add(request: IncomingMessage, response: ServerResponse, address: string): void {
    const bytes = bodyBytes(request);
    if (bytes === 0) return;
    if (this.#bytes.of(address) + bytes > this.#limits.bodyBytesPerAddress) {
      const message = "This address sends too many large requests at once. Wait for the response to others.";
      throw new ApiError("RESOURCE_EXHAUSTED", { message, headers: { "retry-after": "1" } });
    }
    for (const open of this.#requests.keys()) {
      if (this.#bytes.total + bytes <= this.#limits.bodyBytes) break;
      if (open.complete) continue;
      this.#remove(open);
      open.socket.destroy();
    }
    if (this.#bytes.total + bytes > this.#limits.bodyBytes) {
      const message = "The server processes too many large requests; try again shortly.";
      throw new ApiError("UNAVAILABLE", { message, headers: { "retry-after": "1" } });
    }
    this.#requests.set(request, { address, bytes });
    this.#bytes.add(address, bytes);
    response.once("close", () => this.#remove(request));
  }

  #remove(request: IncomingMessage): void {
    const counted = this.#requests.get(request);
    if (counted === undefined) return;
    this.#requests.delete(request);
    this.#bytes.add(counted.address, -counted.bytes);
  }
}

/** The bytes that a body has, or may have: a body in chunks does not tell its size. */
function bodyBytes({ headers }: IncomingMessage): number {
  if (headers["transfer-encoding"] !== undefined) return largestBody;
  return Math.min(Number(headers["content-length"] ?? 0), largestBody);
}
