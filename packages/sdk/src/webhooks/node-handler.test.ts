import { createServer, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { LatchkeyError } from "../errors.ts";
import { nodeHandler } from "./node-handler.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
  vi.restoreAllMocks();
});

async function serve(response: (request: Request) => Promise<Response>): Promise<string> {
  const server = createServer(nodeHandler(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("node:http", () => {
  test("passes path, query, method and body unchanged", async () => {
    const seen: unknown[] = [];
    const url = await serve(async (request) => {
      const { pathname, search } = new URL(request.url);
      seen.push([request.method, pathname, search, await request.text()]);
      return new Response("fine");
    });
    await fetch(`${url}/a/b?instance=x.y`);
    await fetch(`${url}/plugins/v1/getRates`, { method: "POST", body: "jwt" });
    expect(seen).toEqual([
      ["GET", "/a/b", "?instance=x.y", ""],
      ["POST", "/plugins/v1/getRates", "", "jwt"],
    ]);
  });

  test("returns 401 for an invalid request, and keeps serving", async () => {
    const url = await serve(async () => {
      throw new LatchkeyError("invalid_instance_parameter", "The instance parameter has ended.", {
        reason: "expired",
      });
    });
    for (let count = 0; count < 2; count += 1) {
      const response = await fetch(url);
      expect([response.status, await response.json()]).toEqual([
        401,
        {
          ...{ error: "invalid_instance_parameter", reason: "expired" },
          error_description: "The instance parameter has ended.",
        },
      ]);
    }
  });

  test("survives a client that disconnects during the body, and a forbidden method", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const url = await serve(async () => new Response("fine"));
    const { port } = new URL(url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), "127.0.0.1", () => {
        socket.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nabc", () => socket.destroy());
      });
      socket.on("close", () => resolve());
    });
    const status = await new Promise((resolve) => {
      request(`${url}/`, { method: "TRACE" }, (response) => resolve(response.resume().statusCode)).end();
    });
    expect([status, await (await fetch(url)).text()]).toEqual([500, "fine"]);
  });

  test("returns an empty 500 for an error, prints it, and keeps serving", async () => {
    const print = vi.spyOn(console, "error").mockImplementation(() => {});
    const url = await serve(async () => {
      throw new Error("the disk is full");
    });
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([500, "{}"]);
    expect(String(print.mock.calls[0])).toContain("the disk is full");
    expect((await fetch(url)).status).toBe(500);
  });
});
