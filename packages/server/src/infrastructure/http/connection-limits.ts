import { type IncomingMessage, ServerResponse } from "node:http";
import { ApiError } from "../errors/index.ts";
import { CountByAddress } from "./count-by-address.ts";

/** Limits on what clients use at once, in total and for each address. */
export interface ConnectionLimits {
  /** Open connections. Default 8,192. */
  readonly connections: number;
  /** Open connections of one address. Default 1,024. */
  readonly connectionsPerAddress: number;
  /** Bytes of responses that clients have not read yet. Default 128 MiB. */
  readonly unreadBytes: number;
  /** The same for the clients of one address. Default 32 MiB. */
  readonly unreadBytesPerAddress: number;
  /** Bytes of request bodies that are being received or processed. Default 128 MiB. */
  readonly bodyBytes: number;
  /** The same for the clients of one address. Default 32 MiB. */
  readonly bodyBytesPerAddress: number;
  /** How long a client may take to read a response, in milliseconds, besides the time at the slowest rate. Default 20,000. */
  readonly readTimeoutMs: number;
  /** Bytes per second at which a client must read. Default 64 KiB. */
  readonly slowestRate: number;
}

export const defaultConnectionLimits: ConnectionLimits = {
  connections: 8_192,
  connectionsPerAddress: 1_024,
  unreadBytes: 128 * 1_048_576,
  unreadBytesPerAddress: 32 * 1_048_576,
  bodyBytes: 128 * 1_048_576,
  bodyBytesPerAddress: 32 * 1_048_576,
  readTimeoutMs: 20_000,
  slowestRate: 65_536,
};

/** Counts open connections by address. */
export class ConnectionCount {
  readonly #limits: ConnectionLimits;
  readonly #open = new CountByAddress();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /**
   * Counts a connection until `release` is called. A connection past a limit is not counted: returns the error.
   *
   * @param address of the client; undefined for a trusted proxy, which has no limit of its own
   */
  open(address: string | undefined): ApiError | undefined {
    if (address !== undefined && this.#open.of(address) >= this.#limits.connectionsPerAddress)
      return new ApiError("TOO_MANY_CONNECTIONS");
    if (this.#open.total >= this.#limits.connections)
      return new ApiError("UNAVAILABLE", { headers: { "retry-after": "1" } });
    this.#open.add(address ?? trustedProxies, 1);
    return undefined;
  }

  release(address: string | undefined): void {
    this.#open.add(address ?? trustedProxies, -1);
  }
}

/** What connections of trusted proxies are counted as, together. */
const trustedProxies = "";

interface UnreadResponse {
  readonly address: string;
  readonly bytes: number;
  /** When the client must have read it, in epoch milliseconds. */
  readonly deadline: number;
}

/** Bounds the bytes of responses that clients have not read: past a limit, the oldest ones are cut off. */
export class UnreadResponses {
  readonly #limits: ConnectionLimits;
  /** Oldest first. */
  readonly #responses = new Map<ServerResponse, UnreadResponse>();
  readonly #bytes = new CountByAddress();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** Follows a response that has been ended but not yet read. */
  add(response: ServerResponse, { address, now }: { address: string; now: number }): void {
    const bytes = response.writableLength;
    const deadline = now + this.#limits.readTimeoutMs + (bytes / this.#limits.slowestRate) * 1_000;
    this.#responses.set(response, { address, bytes, deadline });
    this.#bytes.add(address, bytes);
    response.once("close", () => this.#remove(response));
    if (this.#exceeds(address)) {
      this.#disconnect((unread) => unread.address === address && this.#exceeds(address));
    }
    const { unreadBytes } = this.#limits;
    if (this.#bytes.total > unreadBytes) this.#disconnect(() => this.#bytes.total > unreadBytes);
  }

  /** Disconnects the clients that have not read a response by its deadline. */
  disconnectSlow(now: number): void {
    this.#disconnect(({ deadline }) => deadline <= now);
  }

  #exceeds(address: string): boolean {
    return this.#bytes.of(address) > this.#limits.unreadBytesPerAddress;
  }

  #disconnect(when: (unread: UnreadResponse) => boolean): void {
    for (const [response, unread] of this.#responses) {
      if (!when(unread)) continue;
      this.#remove(response);
      response.req.socket.destroy();
    }
  }

  #remove(response: ServerResponse): void {
    const unread = this.#responses.get(response);
    if (unread === undefined) return;
    this.#responses.delete(response);
    this.#bytes.add(unread.address, -unread.bytes);
  }
}

/** A response class for `node:http` that calls `onUnread` when the client does not read a response at once. */
export function createResponseClass(onUnread: (response: ServerResponse) => void): typeof ServerResponse {
  return class<Request extends IncomingMessage> extends ServerResponse<Request> {
    // biome-ignore lint/suspicious/noExplicitAny: the overloads of `end`
    override end(...parameters: any[]): this {
      super.end(...parameters);
      // The kernel takes a response that fits its buffer before `end` returns.
      if (this.writableLength > 0 && !this.destroyed) onUnread(this);
      return this;
    }
  };
}
