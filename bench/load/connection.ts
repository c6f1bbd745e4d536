import { connect, type Socket } from "node:net";
import { type Answer, AnswerReader } from "./answer-reader.ts";

/** What a connection tells of: the answer to what was sent last, or that it broke. */
export interface ConnectionEvents {
  answered(connection: Connection, answer: Answer): void;
  broke(connection: Connection, waiting: boolean): void;
}

/** A keep-alive connection with at most one request under way. */
export class Connection {
  /** When the request under way was sent or due, in milliseconds. */
  startedAt = 0;
  #waiting = false;
  readonly #socket: Socket;

  private constructor(socket: Socket, events: ConnectionEvents) {
    this.#socket = socket;
    const reader = new AnswerReader();
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => {
      const answer = reader.push(bytes);
      if (answer === undefined) return;
      this.#waiting = false;
      events.answered(this, answer);
    });
    socket.on("error", () => {});
    socket.on("close", () => events.broke(this, this.#waiting));
  }

  /** Throws for any address but loopback. */
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
