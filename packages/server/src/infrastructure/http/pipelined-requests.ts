import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

const maxWaiting = 128;

/**
 * Handles the requests of a connection one after another. A client that pipelines requests and does not read the responses
 * has one request in work.
 */
export class PipelinedRequests {
  /** What waits behind the request in work; absent when the connection is idle. */
  readonly #waiting = new WeakMap<Socket, (() => void)[]>();

  /** Calls `handle` when the earlier responses of the connection have been read. Past 128 requests that wait, disconnects. */
  add({ socket }: IncomingMessage, response: ServerResponse, handle: () => void): void {
    const begin = (): void => {
      response.once("close", () => this.#next(socket));
      handle();
    };
    const waiting = this.#waiting.get(socket);
    if (waiting === undefined) {
      this.#waiting.set(socket, []);
      begin();
    } else if (waiting.push(begin) > maxWaiting) socket.destroy();
  }

  #next(socket: Socket): void {
    const next = socket.destroyed ? undefined : this.#waiting.get(socket)?.shift();
    if (next === undefined) this.#waiting.delete(socket);
    else next();
  }
}
