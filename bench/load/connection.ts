import { connect, type Socket } from "node:net";
import { type HttpResponse, ResponseReader } from "./response-reader.ts";

/** Callbacks of a connection. `waiting` is whether a request was in flight. */
export interface ConnectionEvents {
  responded(connection: Connection, response: HttpResponse): void;
  closed(connection: Connection, waiting: boolean): void;
}

/** A keep-alive connection with at most one request in flight. */
export class Connection {
  /** When the request in flight was sent or due, in milliseconds. */
  startedAt = 0;
  #waiting = false;
  readonly #socket: Socket;

  private constructor(socket: Socket, events: ConnectionEvents) {
    this.#socket = socket;
    const reader = new ResponseReader();
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => {
      const response = reader.push(bytes);
      if (response === undefined) return;
      this.#waiting = false;
      events.responded(this, response);
    });
    socket.on("error", () => {});
    socket.on("close", () => events.closed(this, this.#waiting));
  }

  /** Throws for an address that is not loopback. */
  static async open(url: URL, events: ConnectionEvents): Promise<Connection> {
    const host = url.hostname.replace(/^\[|\]$/g, "");
    if (url.protocol !== "http:" || !/^(127(\.\d+){3}|::1)$/.test(host)) {
      throw new Error("Load goes to loopback addresses only.");
    }
    const socket = connect({ host, port: Number(url.port) });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new Connection(socket, events);
  }

  send(request: Buffer, startedAt: number): void {
    this.startedAt = startedAt;
    this.#waiting = true;
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
  }
}
