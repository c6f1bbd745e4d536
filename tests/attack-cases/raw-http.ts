import { connect } from "node:net";

/** The response to raw bytes. */
export interface RawReply {
  /** Status codes of all responses, in order. */
  readonly statuses: readonly number[];
  readonly text: string;
}

/** Sends text unchanged, and reads until the server closes or resets the connection. */
export function sendRaw(url: string, text: string): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    let response = "";
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(text, "latin1"));
    socket.setEncoding("latin1").on("data", (part: string) => {
      response += part;
    });
    socket.on("error", (error) => {
      if (response === "") reject(error);
    });
    socket.on("close", () => {
      const statuses = [...response.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
      resolve({ statuses, text: response });
    });
  });
}

/** The text of a request; `content-length` is added unless the headers have a length. */
export function rawRequest(
  url: string,
  requestLine: string,
  { headers = {}, body = "" }: { headers?: Readonly<Record<string, string>>; body?: string } = {},
): string {
  const given = { host: new URL(url).host, connection: "close", ...headers };
  const sized = /content-length|transfer-encoding/i.test(Object.keys(given).join());
  const length = sized ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const lines = Object.entries({ ...given, ...length }).map(([name, value]) => `${name}: ${value}`);
  return [`${requestLine} HTTP/1.1`, ...lines, "", body].join("\r\n");
}
